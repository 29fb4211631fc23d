//! What `make_golden.py` wrote, and the inputs that it worked from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use safetensors::SafeTensors;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use vae_playground::config::{Objective, PIXELS, Reconstruction};
use vae_playground::data::Images;
use vae_playground::noise::philox;
use vae_playground::params::Layout;

/// Streams that no run uses, and the key of the inputs: as in `make_golden.py`.
const TEST_WEIGHTS: u32 = 100;
const TEST_PIXELS: u32 = 101;
const TEST_KEY: [u32; 2] = [7, 0];

/// `golden.json`.
#[derive(Deserialize)]
pub struct Golden {
    pub inputs: BTreeMap<String, Inputs>,
    pub cases: BTreeMap<String, Case>,
}

/// Checksums of what a size's runs start from.
#[derive(Deserialize)]
pub struct Inputs {
    #[serde(rename = "pixelSum")]
    pub pixel_sum: u64,
    pub weights: BTreeMap<String, Checksum>,
}

#[derive(Deserialize)]
pub struct Checksum {
    pub sum: f64,
    pub norm: f64,
}

/// One run of a hundred steps.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    #[serde(deserialize_with = "objective")]
    pub objective: Objective,
    #[serde(deserialize_with = "reconstruction")]
    pub reconstruction: Reconstruction,
    pub beta: f32,
    pub hidden: usize,
    pub batch: usize,
    pub learning_rate: f64,
    pub seed: u32,
    /// Which values of a long tensor are stored: every `stride`-th.
    pub stride: usize,
    /// How far TensorFlow's float32 is from its float64, relative, for each loss term.
    #[serde(rename = "float32Loss")]
    pub float_32_loss: [f64; 3],
    /// Mean reconstruction, mean KL and cost at each step, before its update.
    pub losses: Vec<[f64; 3]>,
    /// By moment and name: `gradient.1/encoder.hidden.weight`, `weights.100/…`.
    pub tensors: BTreeMap<String, TensorSummary>,
}

/// One tensor at one moment, as a whole.
#[derive(Deserialize)]
pub struct TensorSummary {
    #[serde(flatten)]
    pub checksum: Checksum,
    /// How far TensorFlow's float32 is from its float64: in the worst value, and as a norm.
    pub float32: [f64; 2],
}

/// The values stored of one case's tensors, by the same names.
pub type Stored = BTreeMap<String, Vec<f32>>;

fn objective<'de, D: Deserializer<'de>>(name: D) -> Result<Objective, D::Error> {
    Objective::named(&String::deserialize(name)?).map_err(D::Error::custom)
}

fn reconstruction<'de, D: Deserializer<'de>>(name: D) -> Result<Reconstruction, D::Error> {
    Reconstruction::named(&String::deserialize(name)?).map_err(D::Error::custom)
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file)
}

/// One of the JSON files beside the script.
pub fn read_json<T: DeserializeOwned>(file: &str) -> T {
    let text = std::fs::read_to_string(path(file)).expect(file);
    serde_json::from_str(&text).expect(file)
}

/// `<case>.safetensors`.
pub fn read_tensors(case: &str) -> Stored {
    let file = path(&format!("{case}.safetensors"));
    let bytes = std::fs::read(file).expect(case);
    let tensors = SafeTensors::deserialize(&bytes).expect(case);
    let values = |data: &[u8]| -> Vec<f32> {
        data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
    };
    tensors.iter().map(|(name, view)| (name.to_owned(), values(view.data()))).collect()
}

/// The weights that every run starts from: value `j` of tensor `k` is the normal at counter
/// `[j, k]`, times 1/√fan_in for a weight and 0.01 for a bias.
///
/// Box & Muller again, in f64, so that rounding once gives the very f32 that Python rounded to.
pub fn weights(layout: &Layout) -> Vec<f32> {
    let normal = |counter: [u32; 4]| {
        let [first, second, ..] = philox(counter, TEST_KEY);
        let uniform = |word: u32| (f64::from(word >> 8) + 0.5) / 16_777_216.0;
        (-2.0 * uniform(first).ln()).sqrt() * (std::f64::consts::TAU * uniform(second)).cos()
    };
    let mut values = vec![0.0; layout.len()];
    for (k, tensor) in layout.tensors.iter().enumerate() {
        let is_weight = tensor.shape.len() == 2;
        let scale = if is_weight { (tensor.shape[0] as f64).powf(-0.5) } else { 0.01 };
        for (j, value) in values[tensor.range.clone()].iter_mut().enumerate() {
            *value = (scale * normal([j as u32, k as u32, TEST_WEIGHTS, 0])) as f32;
        }
    }
    values
}

/// The batch of every step: one pixel in five is lit, with any brightness.
pub fn images(count: usize) -> Images {
    let mut chunk = vec![0; count];
    for row in 0..count as u32 {
        chunk.extend((0..PIXELS as u32).map(|pixel| {
            let [lit, brightness, ..] = philox([pixel, row, TEST_PIXELS, 0], TEST_KEY);
            if lit % 5 == 0 { brightness as u8 } else { 0 }
        }));
    }
    let mut images = Images::default();
    images.add_chunk(&chunk, "the golden batch").expect("labels, then 784 bytes an image");
    images
}

pub fn sum(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum()
}

pub fn norm(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt()
}
