//! The latent plane's geometry and the codes on it.

use wasm_bindgen::prelude::*;

use super::error::Failure;
use crate::explore::{self, Axes};
use crate::json::{Json, array, object};

/// What part of the latent plane is in view; unit coordinates run from 0 to 1, y down.
#[wasm_bindgen]
#[derive(Default)]
pub struct Plane(pub(super) explore::Plane);

#[wasm_bindgen]
impl Plane {
    /// Φ axes; the σ window ±3 around the origin.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// `"sigma"` or `"phi"`.
    #[wasm_bindgen(getter)]
    pub fn axes(&self) -> String {
        match self.0.axes {
            Axes::Sigma => "sigma".to_owned(),
            Axes::Phi => "phi".to_owned(),
        }
    }

    /// Sets the axes; any name but `"sigma"` is Φ.
    #[wasm_bindgen(setter)]
    pub fn set_axes(&mut self, axes: &str) {
        self.0.axes = if axes == "sigma" { Axes::Sigma } else { Axes::Phi };
    }

    /// A latent point in unit coordinates.
    #[wasm_bindgen(js_name = toUnit)]
    pub fn to_unit(&self, z1: f64, z2: f64) -> Vec<f32> {
        self.0.to_unit([z1, z2]).map(|coordinate| coordinate as f32).to_vec()
    }

    /// A unit point as a latent point.
    #[wasm_bindgen(js_name = toLatent)]
    pub fn to_latent(&self, x: f64, y: f64) -> Vec<f32> {
        self.0.to_latent([x, y]).map(|coordinate| coordinate as f32).to_vec()
    }

    /// Zooms by `factor` around a unit point; σ axes only.
    pub fn zoom(&mut self, factor: f64, x: f64, y: f64) {
        self.0.zoom(factor, [x, y]);
    }

    /// Moves the picture, in unit coordinates; σ axes only.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.0.pan([dx, dy]);
    }

    /// Back to ±3σ around the origin.
    #[wasm_bindgen(js_name = resetView)]
    pub fn reset_view(&mut self) {
        self.0.reset_view();
    }

    /// Latent pairs as unit pairs.
    pub fn place(&self, codes: &[f32]) -> Vec<f32> {
        let pairs = codes.as_chunks::<2>().0.iter();
        let units = pairs.map(|z| self.0.to_unit([f64::from(z[0]), f64::from(z[1])]));
        units.flatten().map(|coordinate| coordinate as f32).collect()
    }

    /// The prior's circle of radius `k`, as unit pairs.
    pub fn contour(&self, k: f64) -> Vec<f32> {
        self.0.ellipse([0.0, 0.0], [0.0, 0.0], k)
    }

    /// A posterior's ellipse of `k` standard deviations, as unit pairs.
    pub fn ellipse(
        &self,
        mean1: f64,
        mean2: f64,
        log_var1: f64,
        log_var2: f64,
        k: f64,
    ) -> Vec<f32> {
        self.0.ellipse([mean1, mean2], [log_var1, log_var2], k)
    }

    /// Ticks as JSON `[{value, at}]`: of the horizontal axis (0, from left) or the vertical
    /// one (1, from top).
    pub fn ticks(&self, axis: usize) -> String {
        let ticks = self.0.ticks(axis.min(1));
        array(ticks.iter().map(|tick| {
            let at = Json::Number(tick.at);
            Json::Raw(object([("value", Json::Text(&tick.value)), ("at", at)]))
        }))
    }

    /// The unit rectangle that an `n` × `n` manifold fills: left, top, right, bottom.
    #[wasm_bindgen(js_name = gridExtent)]
    pub fn grid_extent(&self, n: usize) -> Vec<f32> {
        self.0.grid_extent(n).map(|edge| edge as f32).to_vec()
    }
}

/// Codes of labelled images.
#[wasm_bindgen]
#[derive(Default)]
pub struct Codes(explore::Codes);

#[wasm_bindgen]
impl Codes {
    /// No codes yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the packed form that the pretrained codes ship in.
    ///
    /// # Errors
    /// Code `codes-format`.
    #[wasm_bindgen(js_name = fromPacked)]
    pub fn from_packed(bytes: &[u8]) -> Result<Self, JsValue> {
        let codes = explore::Codes::from_packed(bytes);
        let error = || Failure::new("codes-format", "these are no packed codes").into();
        codes.map(Self).ok_or_else(error)
    }

    /// Replaces all codes.
    pub fn set(&mut self, codes: Vec<f32>, labels: Vec<u8>) {
        self.0 = explore::Codes::new(codes, labels);
    }

    /// How many there are.
    #[wasm_bindgen(getter)]
    pub fn count(&self) -> usize {
        self.0.labels().len()
    }

    /// The codes, pairs.
    pub fn codes(&self) -> Vec<f32> {
        self.0.codes().to_vec()
    }

    /// Their labels.
    pub fn labels(&self) -> Vec<u8> {
        self.0.labels().to_vec()
    }

    /// How many of the `k` codes nearest to a point belong to each digit.
    pub fn vote(&self, z1: f32, z2: f32, k: usize) -> Vec<u32> {
        self.0.vote([z1, z2], k).to_vec()
    }
}
