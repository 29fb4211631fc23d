//! A model as a file: safetensors with the tensors of [`Layout`] by name, in float32 or
//! float16, its settings and its metrics in the metadata.

use std::borrow::Cow;
use std::collections::BTreeMap;

use half::f16;
use safetensors::tensor::{SafeTensors, TensorView, View};
use safetensors::{Dtype, SafeTensorError};

use crate::config::TrainConfig;
use crate::params::{Layout, TensorSpec};

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
    pub metadata: BTreeMap<String, String>,
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
        let tensors = layout.tensors.iter().map(|tensor| {
            let values = &self.values[tensor.range.clone()];
            (tensor.name, Stored::new(tensor.shape.clone(), values, precision))
        });
        let mut metadata = self.metadata.clone();
        metadata.insert(CONFIG_KEY.to_owned(), self.config.to_json());
        serialize(tensors, metadata)
    }

    /// Reads a model, checking names, shapes, finite values and size before anything is kept.
    ///
    /// A file without settings, from another program, is taken as the `elbo` preset with the
    /// hidden width that its tensors have.
    ///
    /// # Errors
    /// The first [`WeightsError`] found.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let (file, mut metadata) = open(bytes)?;
        let config = read_config(&file, metadata.remove(CONFIG_KEY))?;
        let layout = Layout::new(config.hidden);
        let mut values = vec![0.0; layout.len()];
        for tensor in &layout.tensors {
            read_tensor(&file, tensor, &mut values[tensor.range.clone()])?;
        }
        Ok(Self { config, values, metadata })
    }
}

/// A tensor in the bytes that a file has for it.
pub(crate) struct Stored {
    shape: Vec<usize>,
    dtype: Dtype,
    bytes: Vec<u8>,
}

impl Stored {
    pub(crate) fn new(shape: Vec<usize>, values: &[f32], precision: Precision) -> Self {
        let (dtype, bytes) = match precision {
            Precision::Float32 => {
                (Dtype::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect())
            }
            Precision::Float16 => {
                (Dtype::F16, values.iter().flat_map(|&v| f16::from_f32(v).to_le_bytes()).collect())
            }
        };
        Self { shape, dtype, bytes }
    }
}

impl View for Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// A safetensors file of these tensors and this metadata.
pub(crate) fn serialize<'a>(
    tensors: impl Iterator<Item = (&'a str, Stored)>,
    metadata: BTreeMap<String, String>,
) -> Vec<u8> {
    safetensors::serialize(tensors, Some(metadata.into_iter().collect()))
        .expect("tensors as long as their shapes, and a header far below its limit")
}

/// Opens a safetensors file and reads its metadata.
pub(crate) fn open(
    bytes: &[u8],
) -> Result<(SafeTensors<'_>, BTreeMap<String, String>), WeightsError> {
    if bytes.len() > LARGEST_FILE {
        return Err(WeightsError::Size { got: bytes.len(), expected: LARGEST_FILE });
    }
    let format = |error: SafeTensorError| WeightsError::Format(error.to_string());
    let file = SafeTensors::deserialize(bytes).map_err(format)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(format)?;
    let metadata = header.metadata().iter().flatten();
    Ok((file, metadata.map(|(key, value)| (key.clone(), value.clone())).collect()))
}

/// The settings in the metadata, or the defaults with the hidden width of the tensors.
fn read_config(file: &SafeTensors<'_>, json: Option<String>) -> Result<TrainConfig, WeightsError> {
    if let Some(json) = json {
        return TrainConfig::from_json(&json)
            .map_err(|error| WeightsError::Format(error.to_string()));
    }
    let name = Layout::new(16).tensors[0].name;
    let shape = file.tensor(name).map(|tensor| tensor.shape().to_vec()).unwrap_or_default();
    let hidden = shape.get(1).copied().unwrap_or(0);
    let config = TrainConfig { preset: None, hidden, ..TrainConfig::default() };
    config.validate().map_err(|_| WeightsError::Shape {
        tensor: name.to_owned(),
        got: format!("{shape:?}"),
        expected: "[784, hidden] with hidden from 16 to 1024".to_owned(),
    })?;
    Ok(config)
}

/// Reads one tensor into `target`, from float32 or float16.
pub(crate) fn read_tensor(
    file: &SafeTensors<'_>,
    spec: &TensorSpec,
    target: &mut [f32],
) -> Result<(), WeightsError> {
    let shape_error = |got: String| WeightsError::Shape {
        tensor: spec.name.to_owned(),
        got,
        expected: format!("F32 or F16 {:?}", spec.shape),
    };
    let tensor = file.tensor(spec.name).map_err(|_| shape_error("missing".to_owned()))?;
    let values = match tensor.shape() == spec.shape {
        true => numbers(&tensor),
        false => None,
    };
    let values =
        values.ok_or_else(|| shape_error(format!("{:?} {:?}", tensor.dtype(), tensor.shape())))?;
    for (index, (target, value)) in target.iter_mut().zip(values).enumerate() {
        if !value.is_finite() {
            let value = if value.is_nan() { "NaN" } else { "an infinity" };
            return Err(WeightsError::NotFinite { tensor: spec.name.to_owned(), index, value });
        }
        *target = value;
    }
    Ok(())
}

fn numbers(tensor: &TensorView<'_>) -> Option<Vec<f32>> {
    let bytes = tensor.data();
    match tensor.dtype() {
        Dtype::F32 => Some(bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect()),
        Dtype::F16 => {
            Some(bytes.as_chunks().0.iter().map(|&b| f16::from_le_bytes(b).to_f32()).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::first_weights;

    fn model(hidden: usize) -> WeightsFile {
        let config = TrainConfig { hidden, ..TrainConfig::default() };
        let metadata = BTreeMap::from([("metrics".to_owned(), "{\"kl\":7}".to_owned())]);
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
        let tensors = layout.tensors.iter().map(|tensor| {
            let values = &file.values[tensor.range.clone()];
            (tensor.name, Stored::new(tensor.shape.clone(), values, Precision::Float32))
        });
        let read = WeightsFile::from_bytes(&serialize(tensors, BTreeMap::new())).expect("a model");
        assert_eq!((read.config.hidden, read.config.preset), (24, None));
        assert_eq!(read.values, file.values);
    }

    #[test]
    fn wrong_shapes_names_and_values_are_named() {
        let spec = Layout::new(16).tensors;
        let refused = |change: &dyn Fn(&str, Stored) -> Option<Stored>| {
            let tensors = spec.iter().filter_map(|tensor| {
                let values = vec![0.25; tensor.range.len()];
                let stored = Stored::new(tensor.shape.clone(), &values, Precision::Float32);
                Some((tensor.name, change(tensor.name, stored)?))
            });
            WeightsFile::from_bytes(&serialize(tensors, BTreeMap::new())).expect_err("refused")
        };
        let only = |name: &str| name == "decoder.hidden.bias";
        let missing = refused(&|name, stored| (!only(name)).then_some(stored));
        assert!(missing.to_string().starts_with("decoder.hidden.bias is missing"), "{missing}");
        let short = refused(&|name, stored| match only(name) {
            true => Some(Stored::new(vec![4], &[0.0; 4], Precision::Float32)),
            false => Some(stored),
        });
        assert!(short.to_string().contains("[4] where this model has"), "{short}");
        let infinite = refused(&|name, stored| match only(name) {
            true => Some(Stored::new(vec![16], &[f32::INFINITY; 16], Precision::Float32)),
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
