//! One run in every engine, and how far apart two of them may come out.

use std::ops::Range;

use burn::tensor::Device;
use pollster::block_on;
use vae_playground::config::{Initialisation, SIDE, TrainConfig};
use vae_playground::data::{Batch, Images};
use vae_playground::engine::autodiff::AutodiffEngine;
use vae_playground::engine::cpu::CpuEngine;
#[cfg(feature = "gpu")]
use vae_playground::engine::webgpu::WebGpuEngine;
use vae_playground::engine::{Engine, StepLosses, StepSettings, TrainState};
use vae_playground::noise::philox;
use vae_playground::params::Layout;

/// How far apart the sums of a loss may be. Each image's reconstruction is a sum of 784 f32; an
/// untrained model's KL is what is left of terms near 1, where a GPU's exp is rounded otherwise.
/// Three times the worst of it, 5e-5 for one image.
pub const LOSS: f64 = 1.5e-4;

/// Images to draw batches from.
pub const IMAGES: usize = 300;

/// One run: its settings, its first state and its images.
pub struct Case {
    pub name: String,
    pub config: TrainConfig,
    pub layout: Layout,
    pub images: Images,
}

impl Case {
    pub fn new(name: &str, config: TrainConfig) -> Self {
        Self {
            name: format!("{name}, hidden {}, batch {}", config.hidden, config.batch_size),
            layout: Layout::new(config.hidden),
            images: sparse_images(IMAGES),
            config,
        }
    }

    fn state(&self) -> TrainState {
        TrainState::fresh(self.layout.initialise(Initialisation::Kaiming, self.config.seed))
    }

    pub fn cpu(&self) -> CpuEngine {
        CpuEngine::new(self.layout.clone(), self.state())
    }

    #[cfg(feature = "gpu")]
    pub fn webgpu(&self) -> WebGpuEngine {
        let client = cubecl::Device::default().client();
        WebGpuEngine::new(self.layout.clone(), self.state(), client)
    }

    pub fn autodiff(&self) -> AutodiffEngine {
        AutodiffEngine::new(self.layout.clone(), self.state(), Device::flex())
    }

    pub fn batch(&self, step: u32) -> Batch {
        let batch = self.config.batch_size as u32;
        let rows: Vec<_> = (0..batch).map(|row| (step * batch + row) * 7 % IMAGES as u32).collect();
        Batch::new(rows.into(), 0..batch as usize)
    }

    pub fn steps(&self, engine: &mut impl Engine, steps: Range<u32>) {
        for step in steps {
            let settings = StepSettings::new(&self.config, step);
            engine.step(&self.images, &self.batch(step), &settings);
        }
    }

    pub fn train(&self, mut engine: impl Engine, steps: Range<u32>) -> (TrainState, StepLosses) {
        self.steps(&mut engine, steps);
        let losses = block_on(engine.take_losses()).expect("a device");
        (block_on(engine.snapshot()).expect("a device"), losses)
    }

    /// Compares two flat buffers; each value may be off by `share` of its tensor's largest.
    pub fn close_by_tensor(&self, what: &str, ours: &[f32], theirs: &[f32], share: f64) {
        self.close_within(what, ours, theirs, |range| {
            let largest = largest(&ours[range.clone()]);
            vec![share * largest; range.len()]
        });
    }

    /// Compares weights, when the gradients of the last `steps` steps may have been off by
    /// `share` of their tensor's largest.
    ///
    /// Adam divides a gradient by the root of its mean square, √v, so an error of `share` · √v
    /// of the largest weighs √v (largest) / √v (its own) as much in a weight's own step; but no
    /// step is longer than the learning rate, so two are never further apart than twice that.
    /// Each step also rounds the weight, all of them below 1, and burn rounds Adam's bias
    /// corrections: 1e-7 together.
    pub fn weights_close(&self, ours: &TrainState, theirs: &TrainState, steps: u32, share: f64) {
        assert_eq!(ours.updates, theirs.updates, "{}: updates", self.name);
        let farthest = f64::from(steps) * self.config.learning_rate;
        self.close_within("weights", &ours.weights, &theirs.weights, |range| {
            let squares = &ours.second_moment[range];
            let largest = largest(squares).sqrt();
            let allowed = squares.iter().map(|&square| {
                let amplified = share * largest / f64::from(square).sqrt();
                // Where v is 0 so was every gradient, in both engines, and nothing moved.
                let drift = if square > 0.0 { farthest * amplified.min(2.0) } else { 0.0 };
                drift + f64::from(steps) * 1e-7
            });
            allowed.collect()
        });
    }

    fn close_within(
        &self,
        what: &str,
        ours: &[f32],
        theirs: &[f32],
        allowed: impl Fn(Range<usize>) -> Vec<f64>,
    ) {
        assert_eq!(ours.len(), theirs.len(), "{}: {what}", self.name);
        for tensor in &self.layout.tensors {
            let values = ours[tensor.range.clone()].iter().zip(&theirs[tensor.range.clone()]);
            for (index, ((&ours, &theirs), allowed)) in
                values.zip(allowed(tensor.range.clone())).enumerate()
            {
                let difference = (f64::from(ours) - f64::from(theirs)).abs();
                assert!(
                    difference <= allowed,
                    "{}: {what} of {} at {index}: by hand {ours:e}, by autodiff {theirs:e}, \
                     differ by {difference:.2e} where {allowed:.2e} is allowed",
                    self.name,
                    tensor.name,
                );
            }
        }
    }

    pub fn losses_close(&self, ours: StepLosses, theirs: StepLosses) {
        assert_eq!((ours.steps, ours.sums.images), (theirs.steps, theirs.sums.images));
        for (what, ours, theirs) in [
            ("reconstruction", ours.sums.reconstruction, theirs.sums.reconstruction),
            ("KL", ours.sums.kl, theirs.sums.kl),
            ("last cost", ours.last_cost, theirs.last_cost),
        ] {
            close(&format!("{}: {what}", self.name), ours, theirs, LOSS);
        }
    }
}

pub fn close(place: &str, ours: f64, theirs: f64, share: f64) {
    assert!(
        (ours - theirs).abs() <= share * ours.abs(),
        "{place}: by hand {ours}, by autodiff {theirs}, differ by more than {share:e} of it"
    );
}

fn largest(values: &[f32]) -> f64 {
    values.iter().fold(0.0, |largest, &value| f64::from(value.abs()).max(largest))
}

/// Images as sparse as MNIST's: a margin that is always blank, and one pixel in four of the
/// middle lit.
fn sparse_images(count: usize) -> Images {
    const MARGIN: Range<usize> = 4..SIDE - 4;
    let mut chunk = vec![0; count];
    for image in 0..count as u32 {
        chunk.extend((0..SIDE * SIDE).map(|pixel| {
            let [lit, brightness, ..] = philox([pixel as u32, image, 0, 0], [1, 0]);
            let inside = MARGIN.contains(&(pixel / SIDE)) && MARGIN.contains(&(pixel % SIDE));
            if inside && lit % 4 == 0 { brightness as u8 } else { 0 }
        }));
    }
    let mut images = Images::default();
    images.add_chunk(&chunk, "made-up images").expect("labels, then 784 bytes an image");
    images
}
