//! The small buffer that tells every kernel which step it is in: 64 bytes that the kernels
//! themselves carry forward, so that a step needs nothing from the host.

use crate::engine::{ADAM_BETA_1, ADAM_BETA_2, StepSettings};
use crate::objective::TermWeights;

/// How many words there are.
pub const WORDS: usize = 16;

/// The step's number in the run, which with the seed decides ε. Counts on.
pub const STEP: usize = 0;
/// Where in the order the batch begins. Moves on by a batch.
pub const POSITION: usize = 1;
/// Steps that this engine has taken: the slot of the ring that the losses go to. Counts on.
pub const TAKEN: usize = 2;
/// 1 − β₁ᵗ, as an f32's bits. Goes on with t.
pub const CORRECTION_1: usize = 3;
/// 1 − β₂ᵗ, likewise.
pub const CORRECTION_2: usize = 4;
/// The run's seed.
pub const SEED: usize = 5;
/// Images in the batch.
pub const BATCH: usize = 6;
/// How many parts the long products are cut into.
pub const SLICES: usize = 7;
/// The weight of an image's reconstruction in the cost, as an f32's bits, like all below.
pub const RECONSTRUCTION: usize = 8;
/// The weight of an image's KL.
pub const KL: usize = 9;
/// 1 where z is sampled, 0 where it is the mean.
pub const SAMPLES: usize = 10;
/// Adam's step size.
pub const LEARNING_RATE: usize = 11;

/// What the words hold before a step at `position` of the order, the engine's `taken`-th since
/// it was made, with `updates` behind Adam's moments.
pub fn before_step(
    settings: &StepSettings,
    batch: usize,
    slices: usize,
    position: usize,
    taken: u32,
    updates: u32,
) -> [u32; WORDS] {
    let terms = TermWeights::new(settings.objective, settings.beta, batch);
    let correction = |decay: f32| (1.0 - f64::from(decay).powi(updates as i32)) as f32;
    let mut words = [0; WORDS];
    words[STEP] = settings.step;
    words[POSITION] = position as u32;
    words[TAKEN] = taken;
    words[CORRECTION_1] = correction(ADAM_BETA_1).to_bits();
    words[CORRECTION_2] = correction(ADAM_BETA_2).to_bits();
    words[SEED] = settings.seed;
    words[BATCH] = batch as u32;
    words[SLICES] = slices as u32;
    words[RECONSTRUCTION] = terms.reconstruction.to_bits();
    words[KL] = terms.kl.to_bits();
    words[SAMPLES] = f32::from(u8::from(terms.samples)).to_bits();
    words[LEARNING_RATE] = settings.learning_rate.to_bits();
    words
}
