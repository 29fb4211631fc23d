//! Settings, as JSON.

use wasm_bindgen::prelude::*;

use super::error::Failure;
use crate::config::{Preset, TrainConfig};

/// The settings of the preset called `name`, as JSON.
///
/// # Errors
/// Code `bad-setting` for another name.
#[wasm_bindgen(js_name = presetSettings)]
pub fn preset_settings(name: &str) -> Result<String, JsValue> {
    let preset = Preset::named(name).map_err(Failure::from)?;
    Ok(TrainConfig::preset(preset).to_json())
}

/// Checks settings and fills in what is left out, JSON to JSON.
///
/// # Errors
/// Code `bad-setting`, the field in `values.field`.
#[wasm_bindgen(js_name = checkSettings)]
pub fn check_settings(json: &str) -> Result<String, JsValue> {
    Ok(TrainConfig::from_json(json).map_err(Failure::from)?.to_json())
}
