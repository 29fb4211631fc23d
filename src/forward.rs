//! The forward pass on the CPU: the same few lines decode the digit under the pointer, measure
//! a model, and begin each training step.

use arithmetic::lanes::{self, Lanes};
use arithmetic::sparse::SparseRows;

use crate::config::{LATENT, PIXELS};
use crate::params::Tensors;

/// Numbers that the two heads give for an image: mean₁, mean₂, log σ²₁, log σ²₂.
const HEADS: usize = 2 * LATENT;

/// The first layer, h₁ = max(0, x W₁ + b₁).
///
/// # Shapes
/// - `images`: `[batch, 784]`
/// - `hidden`: `[batch, hidden]`
pub fn encode_hidden(weights: &Tensors<&[f32]>, images: &mut SparseRows, hidden: &mut [f32]) {
    let bias = weights.encoder_hidden_bias;
    images.multiply(weights.encoder_hidden_weight, bias.len(), &mut |place, at, sums| {
        let (target, bias) = (&mut hidden[place..][..sums.len()], &bias[at..][..sums.len()]);
        lanes::transform([target], [sums, bias], |_, [sum, bias]| [(sum + bias).max(Lanes::ZERO)]);
    });
}

/// The heads' weights with a row for each number they give: in the layout of the model's
/// tensors those of the two dimensions take turns, which vector instructions cannot read.
#[derive(Clone, Debug, Default)]
pub struct Heads {
    rows: Vec<f32>,
    hidden: usize,
}

impl Heads {
    /// The heads of a model.
    pub fn new(weights: &Tensors<&[f32]>) -> Self {
        let mut heads = Self::default();
        heads.set(weights);
        heads
    }

    /// Takes a model's heads. Nothing is allocated where there is room.
    pub fn set(&mut self, weights: &Tensors<&[f32]>) {
        self.hidden = weights.encoder_hidden_bias.len();
        self.rows.resize(HEADS * self.hidden, 0.0);
        let heads = weights.mean_weight.chunks_exact(LATENT);
        let heads = heads.zip(weights.log_var_weight.chunks_exact(LATENT));
        for (unit, (mean, log_var)) in heads.enumerate() {
            for (head, &weight) in mean.iter().chain(log_var).enumerate() {
                self.rows[head * self.hidden + unit] = weight;
            }
        }
    }

    /// Each head's weights, `[hidden]`.
    pub fn rows(&self) -> [&[f32]; HEADS] {
        core::array::from_fn(|head| &self.rows[head * self.hidden..][..self.hidden])
    }

    /// The posterior of each image: (μ, log σ²) = h₁ W + b, a head each.
    ///
    /// # Shapes
    /// - `hidden`: `[batch, hidden]`
    /// - `mean`, `log_var`: `[batch, 2]`
    pub fn posterior(
        &self,
        weights: &Tensors<&[f32]>,
        hidden: &[f32],
        mean: &mut [f32],
        log_var: &mut [f32],
    ) {
        let rows = self.rows();
        let posterior = mean.chunks_exact_mut(LATENT).zip(log_var.chunks_exact_mut(LATENT));
        for (hidden, (mean, log_var)) in hidden.chunks_exact(self.hidden).zip(posterior) {
            let [mean_1, mean_2, log_var_1, log_var_2] =
                rows.map(|row| lanes::sum(hidden, row, |unit, weight| unit * weight));
            mean.copy_from_slice(&[mean_1 + weights.mean_bias[0], mean_2 + weights.mean_bias[1]]);
            let [bias_1, bias_2] = [weights.log_var_bias[0], weights.log_var_bias[1]];
            log_var.copy_from_slice(&[log_var_1 + bias_1, log_var_2 + bias_2]);
        }
    }
}

/// The decoder: latent points to its outputs, pixels or logits.
///
/// # Shapes
/// - `latent`: `[batch, 2]`
/// - `hidden`: `[batch, hidden]`, left holding the hidden layer's output, and `active` the same
///   without its zeros
/// - `output`: `[batch, 784]`
pub fn decode(
    weights: &Tensors<&[f32]>,
    latent: &[f32],
    hidden: &mut [f32],
    active: &mut SparseRows,
    output: &mut [f32],
) {
    let units = weights.decoder_hidden_bias.len();
    let (first, second) = weights.decoder_hidden_weight.split_at(units);
    for (z, row) in latent.chunks_exact(LATENT).zip(hidden.chunks_exact_mut(units)) {
        let inputs = [first, second, weights.decoder_hidden_bias];
        let [z1, z2] = [z[0], z[1]].map(Lanes::splat);
        lanes::transform([row], inputs, |_, [w1, w2, bias]| {
            [(w1 * z1 + w2 * z2 + bias).max(Lanes::ZERO)]
        });
    }
    active.set(hidden, units);
    active.multiply(weights.output_weight, PIXELS, &mut |place, at, sums| {
        let bias = &weights.output_bias[at..][..sums.len()];
        let target = &mut output[place..][..sums.len()];
        lanes::transform([target], [sums, bias], |_, [sum, bias]| [sum + bias]);
    });
}
