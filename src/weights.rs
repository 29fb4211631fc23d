//! A model as a file: safetensors with the tensors of [`Layout`] by name, in float32 or
//! float16, its settings and its metrics in the metadata.

use half::f16;

use crate::config::TrainConfig;
use crate::json::{Json, array};
use crate::params::{Layout, TensorSpec};
use crate::safetensors::{self, File, Metadata, Number, Stored, find};

/// Larger than any model this crate trains (1024 hidden units in float32 take 6.5 MB), with
/// room for Adam's moments; files above it are refused unread.
const LARGEST_FILE: usize = 64 << 20;
/// The metadata key of the settings, JSON as [`TrainConfig::to_json`] writes it.
const CONFIG_KEY: &str = "config";

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Four bytes, exact.
    Float32,
    /// Two bytes, 11 significant bits.
    Float16,
}

/// A model read from a file or to be written to one.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightsFile {
    /// The settings it was trained with.
    pub config: TrainConfig,
    /// Its values, in the order of [`Layout`].
    pub values: Vec<f32>,
    /// What else is said of it, such as its metrics; the settings are not among it.
    pub metadata: Vec<(String, String)>,
}

/// A file that holds no model of this kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// It is not safetensors, or its settings cannot be read.
    #[error("this is no safetensors file of a model: {0}")]
    Format(String),
    /// It is far larger than any model here.
    #[error("{got} bytes are more than a model has; at most {expected} are read")]
    Size {
        /// Bytes there are.
        got: usize,
        /// Bytes there may be.
        expected: usize,
    },
    /// A tensor is missing, has another shape or another type of number.
    #[error("{tensor} is {got} where this model has {expected}")]
    Shape {
        /// The tensor's name.
        tensor: String,
        /// What was found.
        got: String,
        /// What must be there.
        expected: String,
    },
    /// A value is infinite or not a number.
    #[error("{tensor} holds {value} at {index}; a model's weights are finite")]
    NotFinite {
        /// The tensor's name.
        tensor: String,
        /// Where in the tensor, counting row by row.
        index: usize,
        /// What stands there.
        value: &'static str,
    },
}

impl WeightsFile {
    /// The file's bytes.
    pub fn to_bytes(&self, precision: Precision) -> Vec<u8> {
        let layout = Layout::new(self.config.hidden);
        let mut metadata = self.metadata.clone();
        metadata.push((CONFIG_KEY.to_owned(), self.config.to_json()));
        safetensors::write(&stored_tensors(&layout, &self.values, precision), &metadata)
    }

    /// Reads a model, checking names, shapes, finite values and size before anything is kept.
    ///
    /// A file without settings, from another program, is taken as the `elbo` preset with the
    /// hidden width that its tensors have.
    ///
    /// # Errors
    /// The first [`WeightsError`] found.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        if bytes.len() > LARGEST_FILE {
            return Err(WeightsError::Size { got: bytes.len(), expected: LARGEST_FILE });
        }
        let file = File::parse(bytes).map_err(WeightsError::Format)?;
        let config = read_config(&file)?;
        let layout = Layout::new(config.hidden);
        let mut values = vec![0.0; layout.len()];
        for tensor in &layout.tensors {
            read_tensor(&file, tensor, &mut values[tensor.range.clone()])?;
        }
        let mut metadata: Metadata = file.metadata;
        metadata.retain(|(key, _)| key != CONFIG_KEY);
        Ok(Self { config, values, metadata })
    }
}

impl Stored {
    /// `values` as a file stores them.
    pub(crate) fn new(
        name: &'static str,
        shape: Vec<usize>,
        values: &[f32],
        precision: Precision,
    ) -> Self {
        let (number, bytes) = match precision {
            Precision::Float32 => {
                (Number::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect())
            }
            Precision::Float16 => {
                let halves = values.iter().map(|&value| f16::from_f32(value));
                (Number::F16, halves.flat_map(f16::to_le_bytes).collect())
            }
        };
        Self { name, number, shape, bytes }
    }
}

/// Every tensor of a model as a file stores it.
pub(crate) fn stored_tensors(layout: &Layout, values: &[f32], precision: Precision) -> Vec<Stored> {
    let tensors = layout.tensors.iter();
    tensors
        .map(|tensor| {
            let values = &values[tensor.range.clone()];
            Stored::new(tensor.name, tensor.shape.clone(), values, precision)
        })
        .collect()
}

/// The settings in the metadata, or the defaults with the hidden width of the tensors.
fn read_config(file: &File<'_>) -> Result<TrainConfig, WeightsError> {
    if let Some(json) = find(&file.metadata, CONFIG_KEY) {
        return TrainConfig::from_json(json).map_err(|e| WeightsError::Format(e.to_string()));
    }
    let name = Layout::new(16).tensors[0].name;
    let shape = file.tensor(name).map(|tensor| tensor.shape.clone()).unwrap_or_default();
    let hidden = shape.get(1).copied().unwrap_or(0);
    let config = TrainConfig { preset: None, hidden, ..TrainConfig::default() };
    config.validate().map_err(|_| WeightsError::Shape {
        tensor: name.to_owned(),
        got: written(&shape),
        expected: "[784, hidden] with hidden from 16 to 1024".to_owned(),
    })?;
    Ok(config)
}

/// A shape as people write it, `[784,256]`.
fn written(shape: &[usize]) -> String {
    array(shape.iter().map(|&side| Json::Whole(side as u64)))
}

/// Reads one tensor into `target`, from float32 or float16.
pub(crate) fn read_tensor(
    file: &File<'_>,
    spec: &TensorSpec,
    target: &mut [f32],
) -> Result<(), WeightsError> {
    let shape_error = |got: String| WeightsError::Shape {
        tensor: spec.name.to_owned(),
        got,
        expected: format!("F32 or F16 {}", written(&spec.shape)),
    };
    let tensor = file.tensor(spec.name).ok_or_else(|| shape_error("missing".to_owned()))?;
    if tensor.shape != spec.shape {
        return Err(shape_error(written(&tensor.shape)));
    }
    let values: Vec<f32> = match tensor.number {
        Number::F32 => tensor.data.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect(),
        Number::F16 => {
            let halves = tensor.data.as_chunks().0.iter();
            halves.map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect()
        }
        Number::Other => return Err(shape_error("of another type of number".to_owned())),
    };
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        let value = if values[index].is_nan() { "NaN" } else { "an infinity" };
        return Err(WeightsError::NotFinite { tensor: spec.name.to_owned(), index, value });
    }
    target.copy_from_slice(&values);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::first_weights;

    fn model(hidden: usize) -> WeightsFile {
        let config = TrainConfig { hidden, ..TrainConfig::default() };
        let metadata = vec![("metrics".to_owned(), "{\"kl\":7}".to_owned())];
        WeightsFile { values: first_weights(&config), config, metadata }
    }

    #[test]
    fn a_float32_file_gives_back_every_bit() {
        let file = model(20);
        assert_eq!(WeightsFile::from_bytes(&file.to_bytes(Precision::Float32)), Ok(file));
    }

    #[test]
    fn a_float16_file_gives_back_eleven_bits() {
        let file = model(16);
        let read = WeightsFile::from_bytes(&file.to_bytes(Precision::Float16)).expect("a model");
        for (index, (ours, theirs)) in file.values.iter().zip(&read.values).enumerate() {
            // Half of the last of 11 bits, or half of the smallest subnormal step.
            let tolerance = (ours.abs() / 2048.0).max(3e-8);
            assert!((ours - theirs).abs() <= tolerance, "{index}: {ours} vs {theirs}");
        }
    }

    #[test]
    fn a_file_without_settings_takes_its_width_from_its_tensors() {
        let file = model(24);
        let layout = Layout::new(24);
        let tensors = stored_tensors(&layout, &file.values, Precision::Float32);
        let bytes = safetensors::write(&tensors, &Metadata::new());
        let read = WeightsFile::from_bytes(&bytes).expect("a model");
        assert_eq!((read.config.hidden, read.config.preset), (24, None));
        assert_eq!(read.values, file.values);
    }

    #[test]
    fn wrong_shapes_names_and_values_are_named() {
        let spec = Layout::new(16).tensors;
        let refused = |change: &dyn Fn(Stored) -> Option<Stored>| {
            let tensors = spec.iter().filter_map(|tensor| {
                let values = vec![0.25; tensor.range.len()];
                let shape = tensor.shape.clone();
                change(Stored::new(tensor.name, shape, &values, Precision::Float32))
            });
            let bytes = safetensors::write(&tensors.collect::<Vec<_>>(), &Metadata::new());
            WeightsFile::from_bytes(&bytes).expect_err("refused")
        };
        let only = |stored: &Stored| stored.name == "decoder.hidden.bias";
        let f32s = |shape, values: &[f32]| {
            Some(Stored::new("decoder.hidden.bias", shape, values, Precision::Float32))
        };
        let missing = refused(&|stored| (!only(&stored)).then_some(stored));
        assert!(missing.to_string().starts_with("decoder.hidden.bias is missing"), "{missing}");
        let short = refused(&|stored| match only(&stored) {
            true => f32s(vec![4], &[0.0; 4]),
            false => Some(stored),
        });
        assert!(short.to_string().contains("[4] where this model has"), "{short}");
        let infinite = refused(&|stored| match only(&stored) {
            true => f32s(vec![16], &[f32::INFINITY; 16]),
            false => Some(stored),
        });
        assert!(matches!(infinite, WeightsError::NotFinite { index: 0, .. }), "{infinite}");
    }

    #[test]
    fn hostile_bytes_are_errors_and_never_panics() {
        let good = model(16).to_bytes(Precision::Float16);
        for cut in [0, 1, 7, 8, 9, 100, good.len() - 1] {
            assert!(WeightsFile::from_bytes(&good[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..600.min(good.len()) {
            for byte in [0, b'"', b'9', 0xFF] {
                let mut damaged = good.clone();
                damaged[at] = byte;
                // Some damage leaves a good file (a digit of the metrics); none may panic.
                let _: Result<_, WeightsError> = WeightsFile::from_bytes(&damaged);
            }
        }
    }
}
