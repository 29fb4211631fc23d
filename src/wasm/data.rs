//! Chunks and images.

use wasm_bindgen::prelude::*;

use super::error::Failure;
use crate::config::PIXELS;
use crate::data;
use crate::raster::{self, Theme};

/// Checks an inflated chunk of `count` images against its SHA-256 in hexadecimal.
///
/// # Errors
/// Codes `chunk-short`, `chunk-checksum` and `chunk-format`.
#[wasm_bindgen(js_name = openChunk)]
pub fn open_chunk(bytes: &[u8], sha256: &str, count: usize, file: &str) -> Result<(), JsValue> {
    data::verify_chunk(bytes, count, sha256, file).map_err(|error| Failure::from(error).into())
}

/// RGBA tiles, one after another, of images given as bytes; a part of an image at the end is
/// left out.
#[wasm_bindgen]
pub fn tiles(pixels: &[u8], theme: &str) -> js_sys::Uint8ClampedArray {
    let mut images = vec![0.0; pixels.len() / PIXELS * PIXELS];
    data::intensities(&pixels[..images.len()], &mut images);
    clamped(&raster::mosaic(&images, 1, Theme::named(theme)))
}

/// RGBA for an `ImageData`.
pub fn clamped(picture: &[u8]) -> js_sys::Uint8ClampedArray {
    let array = js_sys::Uint8ClampedArray::new_with_length(picture.len() as u32);
    array.copy_from(picture);
    array
}

/// Labelled images.
#[wasm_bindgen]
#[derive(Default)]
pub struct Images(pub(super) data::Images);

#[wasm_bindgen]
impl Images {
    /// No images yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an inflated chunk.
    ///
    /// # Errors
    /// Code `chunk-format`; nothing is added then.
    #[wasm_bindgen(js_name = addChunk)]
    pub fn add_chunk(&mut self, bytes: &[u8], file: &str) -> Result<(), JsValue> {
        self.0.add_chunk(bytes, file).map_err(|error| Failure::from(error).into())
    }

    /// How many images there are.
    #[wasm_bindgen(getter)]
    pub fn count(&self) -> usize {
        self.0.count()
    }

    /// Their labels, 0 to 9.
    pub fn labels(&self) -> Vec<u8> {
        self.0.labels().to_vec()
    }
}
