//! The losses of the steps since they were last asked for, most of them still on the device.

use super::places::{LANES, RING};
use crate::engine::StepLosses;
use crate::objective::{LossSums, TermWeights};

/// The losses since they were last asked for.
#[derive(Default)]
pub struct Losses {
    /// Those that have been read.
    pub read: StepLosses,
    /// Steps, and images in them, whose losses are still in the ring.
    pub steps: usize,
    pub images: usize,
    pub last_terms: Option<TermWeights>,
}

impl Losses {
    /// All losses, when `ring` was read after `taken` steps.
    pub fn with_ring(self, ring: &[f32], taken: u32) -> StepLosses {
        let Self { mut read, steps, images, last_terms } = self;
        read.steps += steps;
        read.sums.images += images;
        for back in (1..=steps as u32).rev() {
            let slot = taken.wrapping_sub(back) as usize % RING;
            let sums = LossSums {
                reconstruction: ring[slot * LANES].into(),
                kl: ring[slot * LANES + 1].into(),
                images: 0,
            };
            read.sums += sums;
            if let Some(terms) = last_terms.filter(|_| back == 1) {
                read.last_cost = terms.cost(sums);
            }
        }
        read
    }
}
