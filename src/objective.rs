//! The loss: reconstruction and KL, their derivatives, and what each objective makes of them.
//!
//! Everything here is one image and one dimension or pixel, in nats; engines sum.

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

/// Reconstruction loss of one pixel, in nats.
///
/// - squared error: ½ (x̂ − x)², a Gaussian of variance 1 without its constant;
/// - Bernoulli: softplus(l) − x l, the cross-entropy of x with sigmoid(l), in the form that
///   never overflows: max(l, 0) − x l + ln(1 + e^−|l|).
pub fn reconstruction(kind: Reconstruction, output: f32, pixel: f32) -> f32 {
    match kind {
        Reconstruction::SquaredError => 0.5 * (output - pixel) * (output - pixel),
        Reconstruction::Bernoulli => {
            output.max(0.0) - pixel * output + libm::log1pf(libm::expf(-output.abs()))
        }
    }
}

/// ∂reconstruction/∂output of one pixel: the decoded pixel minus the original, for both kinds.
pub fn reconstruction_gradient(kind: Reconstruction, output: f32, pixel: f32) -> f32 {
    decoded_pixel(kind, output) - pixel
}

/// The pixel that a decoder output stands for, nominally 0 to 1.
pub fn decoded_pixel(kind: Reconstruction, output: f32) -> f32 {
    match kind {
        Reconstruction::SquaredError => output,
        Reconstruction::Bernoulli => 1.0 / (1.0 + libm::expf(-output)),
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
