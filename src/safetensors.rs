//! The safetensors container: a length, a JSON header, the tensors' bytes.
//!
//! ```text
//! u64 length of the header, little-endian
//! { "__metadata__": { "key": "value", … },
//!   "name": { "dtype": "F16", "shape": [2, 256], "data_offsets": [start, end] }, … }
//! the tensors' bytes, end to end; offsets count from here
//! ```
//!
//! Written here rather than taken from the crate of that name, because that crate brings
//! serde_json and hashbrown, half again as much as the whole core module, for a header of ten
//! lines. The tests hold it to that crate, both ways.

use crate::json::{Fields, Json, Value, array, object, read};

const METADATA_KEY: &str = "__metadata__";

/// What a tensor's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// float32
    F32,
    /// float16
    F16,
    /// One of the kinds that no model here has.
    Other,
}

/// A tensor to be written.
pub struct Stored {
    pub name: &'static str,
    pub number: Number,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// A tensor in a file.
#[derive(Debug)]
pub struct Tensor<'a> {
    pub number: Number,
    pub shape: Vec<usize>,
    pub data: &'a [u8],
}

/// What a file says of itself, key by key.
pub type Metadata = Vec<(String, String)>;

/// A file's contents; the data stays where it is.
#[derive(Debug)]
pub struct File<'a> {
    pub metadata: Metadata,
    tensors: Vec<(String, Tensor<'a>)>,
}

/// The value of `key`.
pub fn find<'a>(metadata: &'a Metadata, key: &str) -> Option<&'a str> {
    metadata.iter().rfind(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

impl<'a> File<'a> {
    /// Reads the header and checks every tensor's place and length, whatever the bytes are.
    ///
    /// # Errors
    /// What is wrong, as part of a sentence.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let (length, rest) = bytes.split_first_chunk().ok_or("it is shorter than a header")?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (header, data) =
            rest.split_at_checked(length).ok_or("it ends before its header does")?;
        let header = core::str::from_utf8(header).map_err(|_| "its header is no text")?;
        let Some(Fields::<Fields<Value>>(header)) = read(header) else {
            return Err("its header is no JSON object of tensors".to_owned());
        };
        let mut file = Self { metadata: Vec::new(), tensors: Vec::new() };
        for (name, entry) in header {
            let misfit = || format!("its header's entry {name} does not fit its data");
            if name == METADATA_KEY {
                file.metadata = texts(entry).ok_or_else(misfit)?;
            } else {
                let tensor = read_tensor(&entry, data).ok_or_else(misfit)?;
                file.tensors.push((name, tensor));
            }
        }
        Ok(file)
    }

    /// The tensor called `name`.
    pub fn tensor(&self, name: &str) -> Option<&Tensor<'a>> {
        self.tensors.iter().rfind(|(other, _)| other == name).map(|(_, tensor)| tensor)
    }
}

/// Metadata from its JSON form, an object of strings.
#[cfg(feature = "core")]
pub fn read_metadata_json(text: &str) -> Option<Metadata> {
    read(text).and_then(texts)
}

/// Fields that are all strings.
fn texts(Fields(fields): Fields<Value>) -> Option<Metadata> {
    let texts = fields.into_iter().map(|(key, value)| match value {
        Value::Text(text) => Some((key, text)),
        _ => None,
    });
    texts.collect()
}

fn read_tensor<'a>(entry: &Fields<Value>, data: &'a [u8]) -> Option<Tensor<'a>> {
    let (number, size) = match entry.get("dtype")? {
        Value::Text(name) if name == "F32" => (Number::F32, Some(4)),
        Value::Text(name) if name == "F16" => (Number::F16, Some(2)),
        Value::Text(_) => (Number::Other, None),
        _ => return None,
    };
    let shape = wholes(entry.get("shape")?)?;
    let [start, end] = wholes(entry.get("data_offsets")?)?.try_into().ok()?;
    let data = data.get(start..end)?;
    let count = shape.iter().try_fold(1_usize, |count, &side| count.checked_mul(side))?;
    let fits = size.is_none_or(|size| count.checked_mul(size) == Some(data.len()));
    fits.then_some(Tensor { number, shape, data })
}

pub fn wholes(value: &Value) -> Option<Vec<usize>> {
    let Value::Wholes(numbers) = value else { return None };
    numbers.iter().map(|&number| usize::try_from(number).ok()).collect()
}

/// A file of these tensors, in this order, the header padded so that the data is aligned.
pub fn write(tensors: &[Stored], metadata: &Metadata) -> Vec<u8> {
    let pairs = metadata.iter().map(|(key, value)| (key.as_str(), Json::Text(value)));
    let mut entries = vec![(METADATA_KEY, Json::Raw(object(pairs)))];
    let mut end = 0;
    for tensor in tensors {
        let start = end;
        end += tensor.bytes.len();
        entries.push((tensor.name, entry(tensor, [start, end])));
    }
    let mut header = object(entries).into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = Vec::with_capacity(8 + header.len() + end);
    file.extend((header.len() as u64).to_le_bytes());
    file.extend(header);
    tensors.iter().for_each(|tensor| file.extend_from_slice(&tensor.bytes));
    file
}

fn entry(tensor: &Stored, offsets: [usize; 2]) -> Json<'static> {
    let wholes = |numbers: &[usize]| array(numbers.iter().map(|&n| Json::Whole(n as u64)));
    let name = if tensor.number == Number::F16 { "F16" } else { "F32" };
    Json::Raw(object([
        ("dtype", Json::Text(name)),
        ("shape", Json::Raw(wholes(&tensor.shape))),
        ("data_offsets", Json::Raw(wholes(&offsets))),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Precision;

    fn file() -> Vec<u8> {
        let tensors = vec![
            Stored::new("b", vec![2, 2], &[1.0, 2.0, 3.0, 4.0], Precision::Float32),
            Stored::new("a", vec![3], &[0.5, -0.5, 0.0], Precision::Float16),
        ];
        let metadata = [("config", r#"{"a": "quoted"}"#), ("名", "字 \u{1} \n")];
        write(&tensors, &metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec())
    }

    #[test]
    fn the_safetensors_crate_reads_what_is_written_here() {
        let bytes = file();
        let theirs = safetensors::SafeTensors::deserialize(&bytes).expect("a file");
        let tensor = theirs.tensor("b").expect("a tensor");
        assert_eq!((tensor.dtype(), tensor.shape()), (safetensors::Dtype::F32, [2, 2].as_slice()));
        assert_eq!(tensor.data()[4..8], 2.0_f32.to_le_bytes());
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).expect("a header");
        let metadata = header.metadata().clone().expect("metadata");
        assert_eq!(metadata["config"], r#"{"a": "quoted"}"#);
        assert_eq!(metadata["名"], "字 \u{1} \n");
    }

    #[test]
    fn what_the_safetensors_crate_writes_is_read_here() {
        let data: Vec<u8> = [1.5_f32, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let view = |shape| {
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape, &data)
                .expect("two numbers")
        };
        let metadata = [("k".to_owned(), "v".to_owned())].into_iter().collect();
        let tensors = [("x", view(vec![2])), ("y", view(vec![1, 2]))];
        let bytes = safetensors::serialize(tensors, Some(metadata)).expect("a file");
        let file = File::parse(&bytes).expect("a file");
        assert_eq!(find(&file.metadata, "k"), Some("v"));
        let tensor = file.tensor("y").expect("a tensor");
        assert_eq!((tensor.shape.as_slice(), tensor.data), ([1, 2].as_slice(), data.as_slice()));
    }

    #[test]
    fn tensors_outside_the_data_or_of_another_length_are_refused() {
        for entry in [
            r#"{"dtype":"F32","shape":[2],"data_offsets":[0,9]}"#,
            r#"{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#,
            r#"{"dtype":"F32","shape":[1],"data_offsets":[0,8]}"#,
            r#"{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}"#,
            r#"{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}"#,
            r#"{"dtype":"F32","shape":[2],"data_offsets":[0]}"#,
            r#"{"dtype":4,"shape":[2],"data_offsets":[0,8]}"#,
            r#"{"shape":[2]}"#,
            "7",
        ] {
            let header = format!(r#"{{"x":{entry}}}"#);
            let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
            bytes.extend(header.bytes());
            bytes.extend([0; 8]);
            assert!(File::parse(&bytes).is_err(), "{entry}");
        }
    }

    #[test]
    fn headers_of_any_length_and_depth_are_errors_and_never_panics() {
        assert!(File::parse(&u64::MAX.to_le_bytes()).is_err());
        let deep = "[".repeat(100_000);
        let mut bytes = (deep.len() as u64).to_le_bytes().to_vec();
        bytes.extend(deep.bytes());
        assert!(File::parse(&bytes).is_err());
    }
}
