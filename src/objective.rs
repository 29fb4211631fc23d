//! The loss: reconstruction and KL, their derivatives, and what each objective makes of them.
//!
//! In nats, one image and one dimension or pixel at a time; engines sum.

use arithmetic::lanes::{self, Lanes, exp, ln};

use crate::config::Reconstruction::{Bernoulli, SquaredError};
use crate::config::{Objective, Reconstruction};

/// KL(q(z|x) ‖ p(z)) of one image and one dimension, in nats, for p = N(0, 1).
///
///   ½ (μ² + σ² − log σ² − 1)      Kingma & Welling 2014, appendix B
///
/// `std_squared` is exp(log_var): every caller has it at hand.
pub fn kl(mean: f32, log_var: f32, std_squared: f32) -> f32 {
    0.5 * (mean * mean + std_squared - log_var - 1.0)
}

/// ∂KL/∂mean and ∂KL/∂log_var of one image and one dimension: (μ, ½ (σ² − 1)).
pub fn kl_gradient(mean: f32, std_squared: f32) -> (f32, f32) {
    (mean, 0.5 * (std_squared - 1.0))
}

/// The reparameterised sample of one dimension, z = μ + σ ε (Kingma & Welling 2014, §2.4).
pub fn reparameterize(mean: f32, std: f32, epsilon: f32) -> f32 {
    mean + std * epsilon
}

/// Reconstruction loss of eight pixels, each for itself, in nats.
///
/// - squared error: ½ (x̂ − x)², a Gaussian of variance 1 without its constant;
/// - Bernoulli: softplus(l) − x l, the cross-entropy of x with sigmoid(l), in the form that
///   never overflows: max(l, 0) − x l + ln(1 + e^−|l|).
#[inline(always)]
pub fn reconstruction_lanes(kind: Reconstruction, output: Lanes, pixel: Lanes) -> Lanes {
    match kind {
        SquaredError => (output - pixel) * (output - pixel) * Lanes::HALF,
        Bernoulli => output.max(Lanes::ZERO) - pixel * output + ln(exp(-output.abs()) + Lanes::ONE),
    }
}

/// The pixels that eight decoder outputs stand for, nominally 0 to 1.
#[inline(always)]
pub fn decoded_lanes(kind: Reconstruction, output: Lanes) -> Lanes {
    match kind {
        SquaredError => output,
        // e^−88 is the smallest that is a normal f32; the sigmoid is 0 or 1 long before.
        Bernoulli => {
            const MOST: Lanes = Lanes::new([88.0; 8]);
            const LEAST: Lanes = Lanes::new([-88.0; 8]);
            Lanes::ONE / (exp((-output).max(LEAST).min(MOST)) + Lanes::ONE)
        }
    }
}

/// Reconstruction loss of one pixel, in nats; see [`reconstruction_lanes`].
pub fn reconstruction(kind: Reconstruction, output: f32, pixel: f32) -> f32 {
    reconstruction_lanes(kind, Lanes::splat(output), Lanes::splat(pixel)).to_array()[0]
}

/// ∂reconstruction/∂output of one pixel: the decoded pixel minus the original, for both kinds.
pub fn reconstruction_gradient(kind: Reconstruction, output: f32, pixel: f32) -> f32 {
    decoded_lanes(kind, Lanes::splat(output)).to_array()[0] - pixel
}

/// Reconstruction loss of one image, in nats. 784 terms summed in f32, eight sums side by
/// side, are good to 1e-6 of the whole.
///
/// # Shapes
/// - `outputs`, `pixels`: `[784]`
pub fn image_reconstruction(kind: Reconstruction, outputs: &[f32], pixels: &[f32]) -> f32 {
    // Which kind it is, is asked once and not for every eight pixels.
    match kind {
        SquaredError => lanes::sum(outputs, pixels, |output, pixel| {
            reconstruction_lanes(SquaredError, output, pixel)
        }),
        Bernoulli => lanes::sum(outputs, pixels, |output, pixel| {
            reconstruction_lanes(Bernoulli, output, pixel)
        }),
    }
}

/// Turns decoder outputs into ∂cost/∂output: `weight` times the decoded pixel minus the
/// original.
pub fn outputs_to_gradient(kind: Reconstruction, weight: f32, outputs: &mut [f32], pixels: &[f32]) {
    let weight = Lanes::splat(weight);
    lanes::transform([outputs], [pixels], |[output], [pixel]| {
        [(decoded_lanes(kind, output) - pixel) * weight]
    });
}

/// Turns decoder outputs into the pixels that they stand for.
pub fn outputs_to_pixels(kind: Reconstruction, outputs: &mut [f32]) {
    if kind != SquaredError {
        lanes::transform([outputs], [], |[output], []| [decoded_lanes(kind, output)]);
    }
}

/// What an objective makes of a batch:
///
///   cost = reconstruction · Σᵢ reconstructionᵢ + kl · Σᵢ KLᵢ
///
/// | objective   | reconstruction | kl  | z               |
/// |-------------|----------------|-----|-----------------|
/// | elbo        | 1/B            | β/B | μ + σ ε         |
/// | tutorial    | 1              | β/B | μ + σ ε         |
/// | autoencoder | 1/B            | 0   | μ               |
///
/// The tutorial adds a reconstruction summed over the batch to one number to a KL per image
/// and takes the mean of that: its KL weighs 1/B of what its text says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TermWeights {
    /// Weight of each image's reconstruction.
    pub reconstruction: f32,
    /// Weight of each image's KL.
    pub kl: f32,
    /// Whether z is sampled; if not, it is the posterior mean.
    pub samples: bool,
}

impl TermWeights {
    /// The weights for a batch of `images` images.
    pub fn new(objective: Objective, beta: f32, images: usize) -> Self {
        let share = 1.0 / images as f32;
        match objective {
            Objective::Elbo => Self { reconstruction: share, kl: beta * share, samples: true },
            Objective::Tutorial => Self { reconstruction: 1.0, kl: beta * share, samples: true },
            Objective::Autoencoder => Self { reconstruction: share, kl: 0.0, samples: false },
        }
    }

    /// The objective's own figure for a batch with these sums.
    pub fn cost(&self, sums: LossSums) -> f64 {
        f64::from(self.reconstruction) * sums.reconstruction + f64::from(self.kl) * sums.kl
    }
}

/// Both terms summed over images, unweighted, in nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossSums {
    /// Σ reconstruction.
    pub reconstruction: f64,
    /// Σ KL, over both latent dimensions, without β.
    pub kl: f64,
    /// How many images were summed.
    pub images: usize,
}

impl LossSums {
    /// Mean reconstruction an image, in nats.
    pub fn mean_reconstruction(&self) -> f64 {
        self.reconstruction / self.images.max(1) as f64
    }

    /// Mean KL an image, in nats.
    pub fn mean_kl(&self) -> f64 {
        self.kl / self.images.max(1) as f64
    }

    /// Mean reconstruction + KL an image, in nats: the negative ELBO, whatever is minimised.
    pub fn mean_total(&self) -> f64 {
        self.mean_reconstruction() + self.mean_kl()
    }
}

impl core::ops::AddAssign for LossSums {
    fn add_assign(&mut self, other: Self) {
        self.reconstruction += other.reconstruction;
        self.kl += other.kl;
        self.images += other.images;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kl_is_half_a_nat_when_the_mean_is_one_and_the_variance_is_one() {
        assert_eq!(kl(1.0, 0.0, 1.0), 0.5);
    }

    #[test]
    fn kl_is_zero_only_at_the_prior() {
        assert_eq!(kl(0.0, 0.0, 1.0), 0.0);
        for (mean, log_var) in [(0.1_f32, 0.0_f32), (0.0, 0.1), (0.0, -0.1), (-2.0, -3.0)] {
            assert!(kl(mean, log_var, log_var.exp()) > 0.0);
        }
    }

    #[test]
    fn bernoulli_is_ln_2_at_logit_zero_and_never_overflows() {
        let loss = reconstruction(Reconstruction::Bernoulli, 0.0, 0.3);
        assert!((loss - core::f32::consts::LN_2).abs() < 1e-7);
        assert_eq!(reconstruction(Reconstruction::Bernoulli, 500.0, 1.0), 0.0);
        assert_eq!(reconstruction(Reconstruction::Bernoulli, 500.0, 0.0), 500.0);
        assert_eq!(reconstruction(Reconstruction::Bernoulli, -500.0, 0.0), 0.0);
        for logit in [-500.0, 500.0] {
            let slope = reconstruction_gradient(Reconstruction::Bernoulli, logit, 0.25);
            assert!((slope - if logit > 0.0 { 0.75 } else { -0.25 }).abs() < 1e-7, "{slope}");
        }
    }

    #[test]
    fn bernoulli_is_as_good_as_f64_arithmetic_to_a_few_units_in_the_last_place() {
        for step in -400..=400 {
            let (output, pixel) = (step as f32 * 0.05, 0.3_f32);
            let (l, x) = (f64::from(output), f64::from(pixel));
            let exact = l.max(0.0) - x * l + (-l.abs()).exp().ln_1p();
            let ours = f64::from(reconstruction(Reconstruction::Bernoulli, output, pixel));
            // 1 + e^−|l| is rounded to f32 before its logarithm: 6e-8 of at most ln 2 lost,
            // and the polynomials of exp and ln add as much again.
            assert!((ours - exact).abs() <= 3e-7 * exact.max(1.0), "{output}: {ours} vs {exact}");
            let sigmoid = 1.0 / (1.0 + (-l).exp());
            let slope = reconstruction_gradient(Reconstruction::Bernoulli, output, 0.0);
            assert!((f64::from(slope) - sigmoid).abs() <= 2e-7, "{output}: {slope} vs {sigmoid}");
        }
    }

    #[test]
    fn derivatives_are_the_slopes_of_their_losses() {
        let h = 1e-2_f32;
        for kind in [Reconstruction::SquaredError, Reconstruction::Bernoulli] {
            for (output, pixel) in [(-1.5, 0.0), (0.2, 1.0), (0.7, 0.4), (2.0, 1.0)] {
                let slope = (reconstruction(kind, output + h, pixel)
                    - reconstruction(kind, output - h, pixel))
                    / (2.0 * h);
                let ours = reconstruction_gradient(kind, output, pixel);
                // Central differences err by h²/6 · f''' ≤ 2e-6, rounding by 1e-7 / h.
                assert!((slope - ours).abs() < 5e-5, "{kind:?} at {output}: {slope} vs {ours}");
            }
        }
        for (mean, log_var) in [(0.5_f32, -1.0_f32), (-1.0, 0.3)] {
            let at = |m: f32, l: f32| kl(m, l, l.exp());
            let (by_mean, by_log_var) = kl_gradient(mean, log_var.exp());
            let mean_slope = (at(mean + h, log_var) - at(mean - h, log_var)) / (2.0 * h);
            let log_var_slope = (at(mean, log_var + h) - at(mean, log_var - h)) / (2.0 * h);
            assert!((mean_slope - by_mean).abs() < 5e-5);
            assert!((log_var_slope - by_log_var).abs() < 5e-5);
        }
    }

    #[test]
    fn the_tutorials_kl_weighs_a_batchs_share_of_the_elbos() {
        let elbo = TermWeights::new(Objective::Elbo, 1.0, 128);
        let tutorial = TermWeights::new(Objective::Tutorial, 1.0, 128);
        assert_eq!(elbo.kl / elbo.reconstruction, 1.0);
        assert_eq!(tutorial.kl / tutorial.reconstruction, 1.0 / 128.0);
    }
}
