//! JSON, written, and read in [`read`].
//!
//! miniserde writes too, but the tables it writes floats from are 8 KB of gzip; nine digits,
//! which is what these files and messages hold, need none.

mod read;

pub use self::read::{Fields, Value, read};

/// A JSON value to be written.
pub enum Json<'a> {
    /// A string.
    Text(&'a str),
    /// A number, to nine significant digits; null where it is not finite.
    Number(f64),
    /// A whole number, every digit of it.
    Whole(u64),
    /// A value that is JSON already.
    Raw(String),
    /// null
    Null,
}

/// `{"name":value,…}` in the order given.
pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Json<'a>)>) -> String {
    let fields = fields.into_iter().map(|(name, value)| {
        let mut field = text(name);
        field.push(':');
        field.push_str(&write(value));
        field
    });
    enclose('{', fields, '}')
}

/// `[value,…]`
pub fn array<'a>(values: impl IntoIterator<Item = Json<'a>>) -> String {
    enclose('[', values.into_iter().map(write), ']')
}

fn enclose(open: char, items: impl Iterator<Item = String>, close: char) -> String {
    let mut joined = String::from(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            joined.push(',');
        }
        joined.push_str(&item);
    }
    joined.push(close);
    joined
}

fn write(value: Json<'_>) -> String {
    match value {
        Json::Text(content) => text(content),
        Json::Number(value) => number(value),
        Json::Whole(value) => value.to_string(),
        Json::Raw(json) => json,
        Json::Null => "null".to_owned(),
    }
}

fn text(content: &str) -> String {
    let mut quoted = String::from('"');
    for character in content.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\0'..='\u{1f}' => quoted.push_str(&format!("\\u{:04x}", character as u32)),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Significant digits written: what an f32 needs to be read back as itself.
const DIGITS: i32 = 9;

fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "null".to_owned();
    }
    // Powers of ten end near here, and no figure of ours is as small.
    if size < 1e-290 {
        return "0".to_owned();
    }
    let mut exponent = libm::floor(libm::log10(size)) as i32;
    let mut digits = libm::round(size * 10_f64.powi(DIGITS - 1 - exponent)) as u64;
    if digits >= 10_u64.pow(DIGITS as u32) {
        digits /= 10;
        exponent += 1;
    }
    let sign = if value < 0.0 { "-" } else { "" };
    match exponent {
        -7..DIGITS => format!("{sign}{}", decimal(digits, (DIGITS - 1 - exponent) as usize)),
        _ => format!("{sign}{}e{exponent}", decimal(digits, (DIGITS - 1) as usize)),
    }
}

/// `number` / 10^`places` in decimal, without zeros at its end. Written from integers: formatting
/// floats would add 12 KB to the core module.
pub fn decimal(mut number: u64, mut places: usize) -> String {
    while places > 0 && number.is_multiple_of(10) {
        number /= 10;
        places -= 1;
    }
    let unit = 10_u64.pow(places as u32);
    match places {
        0 => number.to_string(),
        _ => format!("{}.{:0places$}", number / unit, number % unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (value, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (-1.0, "-1"),
            (0.001, "0.001"),
            (128.0, "128"),
            (158_906.561, "158906.561"),
            (99.999_999_999_9, "100"),
            (-0.000_012_5, "-0.0000125"),
            (1e-12, "1e-12"),
            (1.5e200, "1.5e200"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn every_f32_is_read_back_as_itself() {
        for word in 0..40_000_u32 {
            let value = f32::from_bits(word.wrapping_mul(107_377));
            if value.is_finite() && value.abs() > 1e-37 {
                let written = number(f64::from(value));
                assert_eq!(written.parse::<f32>(), Ok(value), "{written}");
            }
        }
    }

    #[test]
    fn what_is_written_reads_the_same_elsewhere() {
        let written = object([
            ("a \"b\" \\ \n 字", Json::Text("\u{1} é")),
            ("n", Json::Raw(array([Json::Number(0.25), Json::Null]))),
        ]);
        let read: serde_json::Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(read["a \"b\" \\ \n 字"], "\u{1} é");
        assert_eq!(read["n"], serde_json::json!([0.25, null]));
    }
}
