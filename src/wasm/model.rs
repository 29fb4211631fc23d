//! A model to decode and encode with, synchronously.

use js_sys::{Float32Array, Uint8ClampedArray};
use wasm_bindgen::prelude::*;

use super::data::{Images, clamped};
use super::error::Failure;
use super::plane::Plane;
use crate::config::Reconstruction::SquaredError;
use crate::config::{PIXELS, TrainConfig};
use crate::data;
use crate::explore::{Evaluator, Posterior, TrainedModel};
use crate::json::{Json, object};
use crate::objective::image_reconstruction;
use crate::raster::{self, Theme};
use crate::safetensors;
use crate::weights::{Precision, WeightsFile};

/// A trained or untrained model.
#[wasm_bindgen]
pub struct Model(TrainedModel);

#[wasm_bindgen]
impl Model {
    /// A model as the settings' seed initialises it.
    ///
    /// # Errors
    /// Code `bad-setting`.
    pub fn untrained(settings: &str) -> Result<Self, JsValue> {
        let config = TrainConfig::from_json(settings).map_err(Failure::from)?;
        Ok(Self(TrainedModel::untrained(config)))
    }

    /// Reads a safetensors file.
    ///
    /// # Errors
    /// Codes `weights-format`, `weights-size`, `weights-shape` and `weights-nonfinite`.
    #[wasm_bindgen(js_name = fromSafetensors)]
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, JsValue> {
        let file = WeightsFile::from_bytes(bytes).map_err(Failure::from)?;
        Ok(Self(file.into()))
    }

    /// Writes a safetensors file, `"float32"` or `"float16"`, with the strings of a JSON object
    /// added to its metadata.
    ///
    /// # Errors
    /// Code `bad-setting` for metadata that is no object of strings.
    #[wasm_bindgen(js_name = toSafetensors)]
    pub fn to_safetensors(&self, precision: &str, metadata: &str) -> Result<Vec<u8>, JsValue> {
        let metadata = safetensors::read_metadata_json(metadata)
            .ok_or_else(|| Failure::new("bad-setting", "metadata must be an object of strings"))?;
        let precision = match precision {
            "float16" => Precision::Float16,
            _ => Precision::Float32,
        };
        Ok(self.0.to_file(metadata).to_bytes(precision))
    }

    /// The settings it was trained with, as JSON.
    pub fn settings(&self) -> String {
        self.0.config().to_json()
    }

    /// Takes note of the settings that its training goes on under.
    ///
    /// # Errors
    /// Code `bad-setting`.
    #[wasm_bindgen(js_name = setSettings)]
    pub fn set_settings(&mut self, settings: &str) -> Result<(), JsValue> {
        self.0.set_config(TrainConfig::from_json(settings).map_err(Failure::from)?);
        Ok(())
    }

    /// What its file says of it besides the settings: a JSON object of strings.
    pub fn metadata(&self) -> String {
        object(self.0.metadata().iter().map(|(key, value)| (key.as_str(), Json::Text(value))))
    }

    /// Its values in one array, tensor after tensor.
    pub fn weights(&self) -> Float32Array {
        Float32Array::from(self.0.weights())
    }

    /// Takes the values of the same model further on in training.
    ///
    /// # Errors
    /// Code `weights-shape` when there are not as many; nothing changes then.
    #[wasm_bindgen(js_name = setWeights)]
    pub fn set_weights(&mut self, weights: &[f32]) -> Result<(), JsValue> {
        let expected = self.0.weights().len();
        match self.0.set_weights(weights) {
            true => Ok(()),
            false => {
                let message = format!("{} weights for a model of {expected}", weights.len());
                Err(Failure::new("weights-shape", &message).into())
            }
        }
    }

    /// The 784 pixels decoded from a latent point, nominally 0 to 1.
    pub fn decode(&self, z1: f32, z2: f32) -> Vec<f32> {
        self.0.decode(&[z1, z2])
    }

    /// The posterior of an image: mean₁, mean₂, log σ²₁, log σ²₂.
    ///
    /// # Errors
    /// Code `image-size` when it has not 784 pixels.
    pub fn encode(&self, pixels: &[f32]) -> Result<Vec<f32>, JsValue> {
        if pixels.len() != PIXELS {
            let message = format!("an image has 784 pixels, not {}", pixels.len());
            return Err(Failure::new("image-size", &message).into());
        }
        let Posterior { mean, log_var } = self.0.encode(pixels);
        Ok([mean, log_var].concat())
    }

    /// RGBA of the digit decoded at a latent point, 28 × 28.
    pub fn digit(&self, z1: f32, z2: f32, theme: &str) -> Uint8ClampedArray {
        clamped(&raster::mosaic(&self.0.decode(&[z1, z2]), 1, Theme::named(theme)))
    }

    /// RGBA of the `n` × `n` manifold over what the plane shows, `n` · 28 pixels a side.
    pub fn manifold(&self, plane: &Plane, n: usize, theme: &str) -> Uint8ClampedArray {
        let images = self.0.decode(&plane.0.grid(n));
        clamped(&raster::mosaic(&images, n.max(1), Theme::named(theme)))
    }

    /// Decodes the posterior mean of each image given as 784 bytes.
    pub fn reconstruct(&self, pixels: &[u8], theme: &str) -> Reconstruction {
        let mut images = vec![0.0; pixels.len() / PIXELS * PIXELS];
        data::intensities(&pixels[..images.len()], &mut images);
        let posterior = self.0.encode(&images);
        let decoded = self.0.decode(&posterior.mean);
        let squared_errors = squared_errors(&decoded, &images);
        let rgba = raster::mosaic(&decoded, 1, Theme::named(theme));
        Reconstruction { rgba, squared_errors, posterior }
    }

    /// The codes of `count` images from `start`, as pairs: samples, or the means of an
    /// autoencoder.
    pub fn codes(&self, images: &Images, start: usize, count: usize) -> Vec<f32> {
        self.0.codes(&images.0, start, count, self.0.config().seed)
    }
}

fn squared_errors(decoded: &[f32], images: &[f32]) -> Vec<f32> {
    let images = decoded.chunks_exact(PIXELS).zip(images.chunks_exact(PIXELS));
    images.map(|(decoded, image)| image_reconstruction(SquaredError, decoded, image)).collect()
}

/// An evaluation that other work can come between.
#[wasm_bindgen]
#[derive(Default)]
pub struct Evaluation(Evaluator);

#[wasm_bindgen]
impl Evaluation {
    /// Nothing measured yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Measures the next `count` images; true once all are measured.
    pub fn advance(&mut self, model: &Model, images: &Images, count: usize) -> bool {
        self.0.advance(&model.0, &images.0, count)
    }

    /// JSON of the means an image over what was measured, in nats.
    pub fn finish(&self, model: &Model) -> String {
        self.0.finish(&model.0).to_json()
    }
}

/// Images decoded from their own posterior means.
#[wasm_bindgen]
pub struct Reconstruction {
    rgba: Vec<u8>,
    squared_errors: Vec<f32>,
    posterior: Posterior,
}

#[wasm_bindgen]
impl Reconstruction {
    /// RGBA tiles, one after another.
    pub fn rgba(&self) -> Uint8ClampedArray {
        clamped(&self.rgba)
    }

    /// ½ Σ (x̂ − x)² of each image.
    #[wasm_bindgen(js_name = squaredErrors)]
    pub fn squared_errors(&self) -> Vec<f32> {
        self.squared_errors.clone()
    }

    /// Posterior means, pairs.
    pub fn means(&self) -> Vec<f32> {
        self.posterior.mean.clone()
    }

    /// Logarithms of the posterior variances, pairs.
    #[wasm_bindgen(js_name = logVars)]
    pub fn log_vars(&self) -> Vec<f32> {
        self.posterior.log_var.clone()
    }
}
