//! JSON, read, as far as this program's files and messages go: objects, nested as deep as the
//! type asked for says, of what [`Value`] holds.
//!
//! miniserde parses. Its own value that can hold anything is not used: it brings B-trees to the
//! core module, and code that takes deep ones apart without recursion.

use miniserde::de::{Deserialize, Map, Seq, Visitor};

miniserde::make_place!(Place);

/// A field's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// A string.
    Text(String),
    /// A whole number that is not negative, every digit of it.
    Whole(u64),
    /// Any other number.
    Number(f64),
    /// An array of such whole numbers.
    Wholes(Vec<u64>),
}

/// The fields of an object, in the order of the text. Of those that share a name the last holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields<T>(pub Vec<(String, T)>);

impl<T> Fields<T> {
    /// The value of the field called `name`.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().rfind(|(other, _)| other == name).map(|(_, value)| value)
    }
}

/// What `text` holds; none when it is no JSON or of another kind.
pub fn read<T: Deserialize>(text: &str) -> Option<T> {
    miniserde::json::from_str(text).ok()
}

impl Deserialize for Value {
    fn begin(out: &mut Option<Self>) -> &mut dyn Visitor {
        Place::new(out)
    }
}

impl Visitor for Place<Value> {
    fn null(&mut self) -> miniserde::Result<()> {
        self.out = Some(Value::Null);
        Ok(())
    }

    fn boolean(&mut self, value: bool) -> miniserde::Result<()> {
        self.out = Some(Value::Bool(value));
        Ok(())
    }

    fn string(&mut self, text: &str) -> miniserde::Result<()> {
        self.out = Some(Value::Text(text.to_owned()));
        Ok(())
    }

    fn nonnegative(&mut self, number: u64) -> miniserde::Result<()> {
        self.out = Some(Value::Whole(number));
        Ok(())
    }

    fn negative(&mut self, number: i64) -> miniserde::Result<()> {
        self.out = Some(Value::Number(number as f64));
        Ok(())
    }

    fn float(&mut self, number: f64) -> miniserde::Result<()> {
        self.out = Some(Value::Number(number));
        Ok(())
    }

    fn seq(&mut self) -> miniserde::Result<Box<dyn Seq + '_>> {
        Ok(Box::new(WholesBuilder { out: &mut self.out, numbers: Vec::new(), next: None }))
    }
}

struct WholesBuilder<'a> {
    out: &'a mut Option<Value>,
    numbers: Vec<u64>,
    next: Option<u64>,
}

impl Seq for WholesBuilder<'_> {
    fn element(&mut self) -> miniserde::Result<&mut dyn Visitor> {
        self.numbers.extend(self.next.take());
        Ok(Deserialize::begin(&mut self.next))
    }

    fn finish(&mut self) -> miniserde::Result<()> {
        self.numbers.extend(self.next.take());
        *self.out = Some(Value::Wholes(core::mem::take(&mut self.numbers)));
        Ok(())
    }
}

impl<T: Deserialize> Deserialize for Fields<T> {
    fn begin(out: &mut Option<Self>) -> &mut dyn Visitor {
        Place::new(out)
    }
}

impl<T: Deserialize> Visitor for Place<Fields<T>> {
    fn map(&mut self) -> miniserde::Result<Box<dyn Map + '_>> {
        Ok(Box::new(FieldsBuilder {
            out: &mut self.out,
            fields: Vec::new(),
            name: "".into(),
            next: None,
        }))
    }
}

struct FieldsBuilder<'a, T> {
    out: &'a mut Option<Fields<T>>,
    fields: Vec<(String, T)>,
    name: String,
    next: Option<T>,
}

impl<T> FieldsBuilder<'_, T> {
    fn keep(&mut self) {
        if let Some(value) = self.next.take() {
            self.fields.push((core::mem::take(&mut self.name), value));
        }
    }
}

impl<T: Deserialize> Map for FieldsBuilder<'_, T> {
    fn key(&mut self, name: &str) -> miniserde::Result<&mut dyn Visitor> {
        self.keep();
        self.name = name.to_owned();
        Ok(Deserialize::begin(&mut self.next))
    }

    fn finish(&mut self) -> miniserde::Result<()> {
        self.keep();
        *self.out = Some(Fields(core::mem::take(&mut self.fields)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_read() {
        let text = r#"{"a":null,"b":true,"c":"é\n","d":18446744073709551615,"e":-1,"f":0.25,
            "g":[0,784],"h":[]}"#;
        let Fields::<Value>(fields) = read(text).expect("an object");
        let values: Vec<_> = fields.into_iter().map(|(_, value)| value).collect();
        let expected = [
            Value::Null,
            Value::Bool(true),
            Value::Text("é\n".to_owned()),
            Value::Whole(u64::MAX),
            Value::Number(-1.0),
            Value::Number(0.25),
            Value::Wholes(vec![0, 784]),
            Value::Wholes(Vec::new()),
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn the_last_of_two_fields_of_one_name_holds() {
        let fields: Fields<Value> = read(r#"{"a":1,"b":2,"a":3}"#).expect("an object");
        assert_eq!(fields.get("a"), Some(&Value::Whole(3)));
        assert_eq!(fields.get("c"), None);
    }

    #[test]
    fn what_is_nested_otherwise_is_refused() {
        let nested = r#"{"a":{"b":1}}"#;
        assert!(read::<Fields<Fields<Value>>>(nested).is_some());
        assert!(read::<Fields<Value>>(nested).is_none());
        for text in
            ["", "7", "[]", "{", r#"{"a":1}"#, r#"{"a":{"b":[[1]]}}"#, r#"{"a":{"b":[-1]}}"#]
        {
            assert!(read::<Fields<Fields<Value>>>(text).is_none(), "{text}");
        }
    }
}
