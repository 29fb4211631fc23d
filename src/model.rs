//! The variational autoencoder as burn modules: the definition to read first.
//!
//! ```text
//!       ┌──────────── Encoder ────────────┐          ┌──────── Decoder ────────┐
//!            W₁             W_μ, W_σ                     W₂            W₃
//! x [B,784] ───▶ h₁ [B,H] ─────────▶ μ, log σ² ──ε──▶ z ───▶ h₂ [B,H] ───▶ x̂ [B,784]
//! ```
//!
//! Here each formula is one line over whole batches, and burn derives the gradients.
//! [`engine::cpu`](crate::engine::cpu) writes the same out by hand, for speed;
//! `tests/engines_agree/` holds the two together.

use burn::module::{Module, ModuleVisitor, Param};
use burn::nn::Linear;
use burn::tensor::{Gradients, Tensor, activation};

use crate::config::Reconstruction;
use crate::params::{Layout, Tensors};

/// Where in latent space an image may lie: q(z|x) = N(μ, σ²), each dimension by itself.
///
/// The encoder gives log σ², which may be any number, where σ² must be positive.
///
/// # Shapes
/// - `mean`, `log_var`: `[batch, latent]`
#[derive(Clone, Debug)]
pub struct Posterior {
    /// μ.
    pub mean: Tensor<2>,
    /// log σ².
    pub log_var: Tensor<2>,
}

/// An image to the posterior over its codes.
#[derive(Module, Debug)]
pub struct Encoder {
    hidden: Linear,
    mean: Linear,
    log_var: Linear,
}

impl Encoder {
    /// x → q(z|x):
    ///
    ///   h₁ = relu(x W₁ + b₁),   μ = h₁ W_μ + b_μ,   log σ² = h₁ W_σ + b_σ
    ///
    /// # Shapes
    /// - `images`: `[batch, 784]`
    /// - returns mean and log_var, each `[batch, latent]`
    pub fn forward(&self, images: Tensor<2>) -> Posterior {
        let hidden = activation::relu(self.hidden.forward(images));
        Posterior { mean: self.mean.forward(hidden.clone()), log_var: self.log_var.forward(hidden) }
    }
}

/// A code to an image.
#[derive(Module, Debug)]
pub struct Decoder {
    hidden: Linear,
    output: Linear,
}

impl Decoder {
    /// z → x̂, pixels or their logits, as the [`Reconstruction`] takes them:
    ///
    ///   h₂ = relu(z W₂ + b₂),   x̂ = h₂ W₃ + b₃
    ///
    /// # Shapes
    /// - `latent`: `[batch, latent]`
    /// - returns `[batch, 784]`
    pub fn forward(&self, latent: Tensor<2>) -> Tensor<2> {
        let hidden = activation::relu(self.hidden.forward(latent));
        self.output.forward(hidden)
    }
}

/// Encoder and decoder, joined by a sample (Kingma & Welling 2014).
#[derive(Module, Debug)]
pub struct Vae {
    /// x → q(z|x).
    pub encoder: Encoder,
    /// z → x̂.
    pub decoder: Decoder,
}

impl Vae {
    /// x → q(z|x) → z → x̂. With `noise` of zeros z is the mean: a plain autoencoder.
    ///
    /// # Shapes
    /// - `images`: `[batch, 784]`
    /// - `noise`: ε, `[batch, latent]`
    /// - returns x̂ `[batch, 784]`, and the posterior
    pub fn forward(&self, images: Tensor<2>, noise: Tensor<2>) -> (Tensor<2>, Posterior) {
        let posterior = self.encoder.forward(images);
        let latent = reparameterize(&posterior, noise);
        (self.decoder.forward(latent), posterior)
    }
}

/// A sample of the posterior, as a function that gradients can pass through: chance comes in
/// from outside, as ε ~ N(0, 1).
///
///   z = μ + σ ε,   σ = exp(½ log σ²)      Kingma & Welling 2014, §2.4
///
/// # Shapes
/// - `posterior`: mean and log_var, each `[batch, latent]`
/// - `noise`: `[batch, latent]`
/// - returns `[batch, latent]`
pub fn reparameterize(posterior: &Posterior, noise: Tensor<2>) -> Tensor<2> {
    let std = (posterior.log_var.clone() * 0.5).exp();
    posterior.mean.clone() + std * noise
}

/// KL(q(z|x) ‖ p(z)) per image and dimension, in nats, for p = N(0, 1).
///
///   ½ (μ² + σ² − log σ² − 1)      Kingma & Welling 2014, appendix B
///
/// # Shapes
/// - `posterior`: mean and log_var, each `[batch, latent]`
/// - returns `[batch, latent]`
pub fn kl(posterior: &Posterior) -> Tensor<2> {
    let Posterior { mean, log_var } = posterior.clone();
    (mean.square() + log_var.clone().exp() - log_var - 1.0) * 0.5
}

/// Reconstruction loss per image and pixel, in nats.
///
/// - squared error: ½ (x̂ − x)², −log N(x; x̂, 1) without its constant;
/// - Bernoulli: −x log s(x̂) − (1 − x) log s(−x̂) with the sigmoid s, which is
///   −log s(−x̂) − x x̂ because log s(x̂) = x̂ + log s(−x̂).
///
/// # Shapes
/// - `output`, `images`: `[batch, 784]`
/// - returns `[batch, 784]`
pub fn reconstruction(kind: Reconstruction, output: Tensor<2>, images: Tensor<2>) -> Tensor<2> {
    match kind {
        Reconstruction::SquaredError => (output - images).square() * 0.5,
        Reconstruction::Bernoulli => -activation::log_sigmoid(-output.clone()) - images * output,
    }
}

/// The model as one flat tensor: what is stored, sent, and updated by Adam.
impl Vae {
    /// The model whose values lie in `weights` as `layout` says.
    ///
    /// # Shapes
    /// - `weights`: `[layout.len()]`
    pub fn from_flat(layout: &Layout, weights: &Tensor<1>) -> Self {
        let tensors = layout.tensors.each_ref().map(|t| weights.clone().slice(t.range.clone()));
        let tensors = Tensors::from_order(tensors);
        Self {
            encoder: Encoder {
                hidden: linear(tensors.encoder_hidden_weight, tensors.encoder_hidden_bias),
                mean: linear(tensors.mean_weight, tensors.mean_bias),
                log_var: linear(tensors.log_var_weight, tensors.log_var_bias),
            },
            decoder: Decoder {
                hidden: linear(tensors.decoder_hidden_weight, tensors.decoder_hidden_bias),
                output: linear(tensors.output_weight, tensors.output_bias),
            },
        }
    }

    /// The model's values in one tensor: [`from_flat`](Self::from_flat)'s inverse.
    ///
    /// # Shapes
    /// - returns `[layout.len()]`
    pub fn to_flat(&self) -> Tensor<1> {
        self.flatten(None)
    }

    /// The gradient with respect to [`to_flat`](Self::to_flat), out of a backward pass.
    ///
    /// # Shapes
    /// - returns `[layout.len()]`
    pub fn gradient(&self, gradients: &Gradients) -> Tensor<1> {
        self.flatten(Some(gradients))
    }

    fn flatten(&self, gradients: Option<&Gradients>) -> Tensor<1> {
        let mut flatten = Flatten { gradients, parts: Vec::new() };
        self.visit(&mut flatten);
        Tensor::cat(flatten.parts, 0)
    }
}

/// A layer from its values: `weight` row by row, one row for each input.
fn linear(weight: Tensor<1>, bias: Tensor<1>) -> Linear {
    let outputs = bias.dims()[0];
    let weight = weight.reshape([-1, outputs as i64]);
    Linear { weight: Param::from_tensor(weight), bias: Some(Param::from_tensor(bias)) }
}

/// Collects the parameters, or their gradients, in the order in which the modules' fields
/// stand above, which is that of [`Layout::tensors`].
struct Flatten<'a> {
    gradients: Option<&'a Gradients>,
    parts: Vec<Tensor<1>>,
}

impl ModuleVisitor for Flatten<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let part = match self.gradients {
            // A parameter that the cost does not depend on has no entry; its gradient is 0.
            Some(all) => value.grad(all).unwrap_or_else(|| value.inner().zeros_like()),
            None => value.inner(),
        };
        self.parts.push(part.reshape([-1]));
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::config::Initialisation;

    fn row(values: [f32; 2]) -> Tensor<2> {
        Tensor::from_data([values], &Device::flex())
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_into_vec().expect("f32")
    }

    #[test]
    fn kl_is_half_a_nat_where_the_mean_is_one_and_zero_at_the_prior() {
        let posterior = Posterior { mean: row([1.0, 0.0]), log_var: row([0.0, 0.0]) };
        assert_eq!(values(kl(&posterior)), [0.5, 0.0]);
    }

    #[test]
    fn a_sample_is_the_mean_plus_epsilon_standard_deviations() {
        let posterior = Posterior { mean: row([1.0, -1.0]), log_var: row([0.0, 0.0]) };
        assert_eq!(values(reparameterize(&posterior, row([0.5, -2.0]))), [1.5, -3.0]);
    }

    #[test]
    fn without_noise_the_code_is_the_mean_whatever_the_variance() {
        let posterior = Posterior { mean: row([1.0, -1.0]), log_var: row([3.0, -50.0]) };
        assert_eq!(values(reparameterize(&posterior, row([0.0, 0.0]))), [1.0, -1.0]);
    }

    #[test]
    fn bernoulli_at_logit_zero_costs_ln_2_and_slopes_by_a_half_less_the_pixel() {
        let output = row([0.0, 0.0]).autodiff().require_grad();
        let images = row([0.0, 1.0]).autodiff();
        let loss = reconstruction(Reconstruction::Bernoulli, output.clone(), images);
        let slope = output.grad(&loss.clone().sum().backward()).expect("a leaf");
        assert_eq!(values(slope), [0.5, -0.5]);
        assert_eq!(values(loss.inner()), [core::f32::consts::LN_2; 2]);
    }

    #[test]
    fn the_flat_tensor_survives_the_modules() {
        let layout = Layout::new(16);
        let flat = layout.initialise(Initialisation::Kaiming, 1);
        let tensor = Tensor::from_data(flat.as_slice(), &Device::flex()).autodiff();
        assert_eq!(values(Vae::from_flat(&layout, &tensor).to_flat()), flat);
    }
}
