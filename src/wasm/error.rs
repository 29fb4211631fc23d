//! Typed errors as JavaScript `Error`s with a stable `code`, and in `values` what a translated
//! sentence needs.

use js_sys::{Error, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::config::ConfigError;
use crate::data::ChunkError;
use crate::engine::EngineError;
use crate::weights::WeightsError;

/// An error on its way to JavaScript.
pub struct Failure {
    code: &'static str,
    message: String,
    values: Vec<(&'static str, String)>,
}

impl Failure {
    /// A failure without values.
    pub fn new(code: &'static str, message: &str) -> Self {
        Self { code, message: message.to_owned(), values: Vec::new() }
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = Error::new(&failure.message);
        let values = Object::new();
        // Setting a property of a fresh, extensible object cannot fail.
        let set = |target: &JsValue, key: &str, value: &JsValue| {
            let done = Reflect::set(target, &key.into(), value);
            debug_assert!(done.is_ok(), "a plain object takes any property");
        };
        for (key, value) in &failure.values {
            set(&values, key, &value.into());
        }
        set(&error, "code", &failure.code.into());
        set(&error, "values", &values);
        error.into()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let code = if error.needs_reset { "needs-reset" } else { "bad-setting" };
        let values = vec![("field", error.field.to_owned()), ("detail", error.problem.clone())];
        Self { code, message: error.to_string(), values }
    }
}

impl From<ChunkError> for Failure {
    fn from(error: ChunkError) -> Self {
        let message = error.to_string();
        let (code, values) = match error {
            ChunkError::Length { file, got, expected } => (
                "chunk-short",
                vec![("file", file), ("got", got.to_string()), ("expected", expected.to_string())],
            ),
            ChunkError::Checksum { file } => ("chunk-checksum", vec![("file", file)]),
            ChunkError::Format { file, problem } => {
                ("chunk-format", vec![("file", file), ("detail", problem)])
            }
        };
        Self { code, message, values }
    }
}

impl From<WeightsError> for Failure {
    fn from(error: WeightsError) -> Self {
        let message = error.to_string();
        let (code, values) = match error {
            WeightsError::Format(detail) => ("weights-format", vec![("detail", detail)]),
            WeightsError::Size { got, expected } => {
                ("weights-size", vec![("got", got.to_string()), ("expected", expected.to_string())])
            }
            WeightsError::Shape { tensor, got, expected } => {
                ("weights-shape", vec![("field", tensor), ("got", got), ("expected", expected)])
            }
            WeightsError::NotFinite { tensor, index, value } => {
                let place = format!("{value} [{index}]");
                ("weights-nonfinite", vec![("field", tensor), ("detail", place)])
            }
        };
        Self { code, message, values }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let values = vec![("detail", error.0.clone())];
        Self { code: "engine-failed", message: error.to_string(), values }
    }
}
