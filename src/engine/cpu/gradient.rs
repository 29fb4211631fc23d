//! One batch forward and backward through the model.

use arithmetic::lanes::{self, Lanes};
use arithmetic::sparse::SparseRows;

use crate::config::{LATENT, PIXELS};
use crate::data::Images;
use crate::engine::{StepLosses, StepSettings};
use crate::forward::{self, Heads};
use crate::noise::{self, Stream};
use crate::objective::{self, LossSums, TermWeights};
use crate::params::{Layout, Tensors};

/// The activations of one batch and the derivatives of its cost by them.
#[derive(Default)]
pub struct Workspace {
    hidden: usize,
    batch: usize,
    /// x, `[batch, 784]`.
    images: Vec<f32>,
    image_rows: SparseRows,
    /// xᵀ.
    image_columns: SparseRows,
    heads: Heads,
    encoded: Vec<f32>,
    mean: Vec<f32>,
    log_var: Vec<f32>,
    std: Vec<f32>,
    epsilon: Vec<f32>,
    latent: Vec<f32>,
    decoded: Vec<f32>,
    decoded_rows: SparseRows,
    /// h₂ᵀ.
    decoded_columns: SparseRows,
    /// x̂, and after `measure` ∂cost/∂x̂.
    output: Vec<f32>,
    by_decoded: Vec<f32>,
    /// ∂cost/∂z, and after `through_latent` ∂cost/∂mean.
    by_mean: Vec<f32>,
    by_log_var: Vec<f32>,
    by_encoded: Vec<f32>,
    /// A piece of the gradient on its way to whoever takes it.
    piece: Vec<f32>,
}

impl Workspace {
    /// An empty workspace for `hidden` units.
    pub fn new(hidden: usize) -> Self {
        Self { hidden, piece: vec![0.0; PIXELS.max((1 + LATENT) * hidden)], ..Self::default() }
    }

    /// Takes the images in `rows` as the batch.
    pub fn load(&mut self, images: &Images, rows: &[u32]) {
        self.resize(rows.len());
        images.gather(rows.iter().map(|&row| row as usize), &mut self.images);
        self.image_rows.set(&self.images, PIXELS);
        self.image_columns.set_transposed(&self.image_rows);
    }

    /// Makes room for batches of `batch` images; nothing is allocated where it is there.
    fn resize(&mut self, batch: usize) {
        self.batch = batch;
        for buffer in [&mut self.images, &mut self.output] {
            buffer.resize(batch * PIXELS, 0.0);
        }
        for buffer in
            [&mut self.encoded, &mut self.decoded, &mut self.by_decoded, &mut self.by_encoded]
        {
            buffer.resize(batch * self.hidden, 0.0);
        }
        for buffer in [
            &mut self.mean,
            &mut self.log_var,
            &mut self.std,
            &mut self.epsilon,
            &mut self.latent,
            &mut self.by_mean,
            &mut self.by_log_var,
        ] {
            buffer.resize(batch * LATENT, 0.0);
        }
    }

    fn weights_of_terms(&self, settings: &StepSettings) -> TermWeights {
        TermWeights::new(settings.objective, settings.beta, self.batch)
    }

    /// x → x̂. Without sampling ε is 0, and z the mean.
    pub fn forward(&mut self, weights: &Tensors<&[f32]>, settings: &StepSettings) {
        forward::encode_hidden(weights, &mut self.image_rows, &mut self.encoded);
        self.heads.set(weights);
        self.heads.posterior(weights, &self.encoded, &mut self.mean, &mut self.log_var);
        let samples = self.weights_of_terms(settings).samples;
        for (row, epsilon) in self.epsilon.chunks_exact_mut(LATENT).enumerate() {
            epsilon.copy_from_slice(&match samples {
                true => noise::epsilon(settings.seed, Stream::Noise, settings.step, row as u32),
                false => [0.0; LATENT],
            });
        }
        for (index, latent) in self.latent.iter_mut().enumerate() {
            self.std[index] = libm::expf(0.5 * self.log_var[index]);
            let (mean, std) = (self.mean[index], self.std[index]);
            *latent = objective::reparameterize(mean, std, self.epsilon[index]);
        }
        let (decoded, output) = (&mut self.decoded, &mut self.output);
        forward::decode(weights, &self.latent, decoded, &mut self.decoded_rows, output);
        self.decoded_columns.set_transposed(&self.decoded_rows);
    }

    /// Sums the losses, and turns x̂ into ∂cost/∂x̂ on the way.
    pub fn measure(&mut self, settings: &StepSettings) -> StepLosses {
        let terms = self.weights_of_terms(settings);
        let kind = settings.reconstruction;
        let mut sums = LossSums { images: self.batch, ..LossSums::default() };
        let rows = self.output.chunks_exact_mut(PIXELS).zip(self.images.chunks_exact(PIXELS));
        for (output, image) in rows {
            let loss = objective::image_reconstruction(kind, output, image);
            sums.reconstruction += f64::from(loss);
            objective::outputs_to_gradient(kind, terms.reconstruction, output, image);
        }
        for (index, &mean) in self.mean.iter().enumerate() {
            let std = self.std[index];
            sums.kl += f64::from(objective::kl(mean, self.log_var[index], std * std));
        }
        StepLosses { steps: 1, sums, last_cost: terms.cost(sums) }
    }

    /// ∂cost/∂x̂ → ∂cost/∂h₂ → ∂cost/∂z → ∂cost/∂(mean, log_var) → ∂cost/∂h₁.
    pub fn backward(&mut self, weights: &Tensors<&[f32]>, settings: &StepSettings) {
        let by_decoded = &mut self.by_decoded;
        self.decoded_rows.mask_product(by_decoded, &self.output, weights.output_weight, PIXELS);
        let (first, second) = weights.decoder_hidden_weight.split_at(self.hidden);
        let rows = by_decoded.chunks_exact(self.hidden);
        for (row, by_latent) in rows.zip(self.by_mean.chunks_exact_mut(LATENT)) {
            for (by_latent, weight) in by_latent.iter_mut().zip([first, second]) {
                *by_latent = lanes::sum(row, weight, |by_unit, weight| by_unit * weight);
            }
        }
        self.through_latent(settings);
        self.through_heads();
    }

    /// ∂cost/∂z, in `by_mean`, becomes ∂cost/∂mean and ∂cost/∂log_var:
    ///
    ///   ∂z/∂μ = 1,   ∂z/∂log σ² = ½ σ ε,   and the KL's own derivatives.
    ///
    /// Without sampling ε is 0 and the KL's weight too, so log_var gets no gradient.
    fn through_latent(&mut self, settings: &StepSettings) {
        let terms = self.weights_of_terms(settings);
        for (index, by_mean) in self.by_mean.iter_mut().enumerate() {
            let (std, by_latent) = (self.std[index], *by_mean);
            let (kl_by_mean, kl_by_log_var) = objective::kl_gradient(self.mean[index], std * std);
            *by_mean = by_latent + terms.kl * kl_by_mean;
            self.by_log_var[index] =
                by_latent * 0.5 * std * self.epsilon[index] + terms.kl * kl_by_log_var;
        }
    }

    /// ∂cost/∂(mean, log_var) → ∂cost/∂h₁ through both heads, where a unit was active.
    fn through_heads(&mut self) {
        let [mean_1, mean_2, log_var_1, log_var_2] = self.heads.rows();
        let activations = self.encoded.chunks_exact(self.hidden);
        let targets = self.by_encoded.chunks_exact_mut(self.hidden).zip(activations);
        let by_heads = self.by_mean.chunks_exact(LATENT).zip(self.by_log_var.chunks_exact(LATENT));
        for ((target, active), (by_mean, by_log_var)) in targets.zip(by_heads) {
            let [m1, m2, v1, v2] =
                [by_mean[0], by_mean[1], by_log_var[0], by_log_var[1]].map(Lanes::splat);
            let sources = [active, mean_1, mean_2, log_var_1, log_var_2];
            lanes::transform([target], sources, |_, [active, w1, w2, w3, w4]| {
                [(w1 * m1 + w2 * m2 + w3 * v1 + w4 * v2) & active.simd_gt(Lanes::ZERO)]
            });
        }
    }

    /// Hands over the gradient of every weight after [`backward`](Self::backward), in pieces:
    /// where each starts in the flat buffer, and its values.
    pub fn gradients(&mut self, layout: &Layout, take: &mut dyn FnMut(usize, &[f32])) {
        let starts = layout.starts();
        self.image_columns.multiply(&self.by_encoded, self.hidden, &mut |place, _, sums| {
            take(starts.encoder_hidden_weight + place, sums);
        });
        self.decoded_columns.multiply(&self.output, PIXELS, &mut |place, _, sums| {
            take(starts.output_weight + place, sums);
        });
        for (start, head) in
            [(starts.mean_weight, &self.by_mean), (starts.log_var_weight, &self.by_log_var)]
        {
            let (sum, pairs) = self.piece[..(1 + LATENT) * self.hidden].split_at_mut(self.hidden);
            for dimension in 0..LATENT {
                sum_rows(sum, &self.encoded, dimension_of(head, dimension));
                let places = pairs.iter_mut().skip(dimension).step_by(LATENT);
                places.zip(&*sum).for_each(|(place, &sum)| *place = sum);
            }
            take(start, pairs);
        }
        for dimension in 0..LATENT {
            let sum = &mut self.piece[..self.hidden];
            sum_rows(sum, &self.by_decoded, dimension_of(&self.latent, dimension));
            take(starts.decoder_hidden_weight + dimension * self.hidden, sum);
        }
        for (start, width, rows) in [
            (starts.encoder_hidden_bias, self.hidden, &self.by_encoded),
            (starts.mean_bias, LATENT, &self.by_mean),
            (starts.log_var_bias, LATENT, &self.by_log_var),
            (starts.decoder_hidden_bias, self.hidden, &self.by_decoded),
            (starts.output_bias, PIXELS, &self.output),
        ] {
            let sum = &mut self.piece[..width];
            sum_rows(sum, rows, core::iter::repeat(1.0));
            take(start, sum);
        }
    }
}

/// The sum of `rows`, each times its factor.
///
/// # Shapes
/// - `sum`: `[columns]`, `rows`: `[batch, columns]`, `factors`: `[batch]`
fn sum_rows(sum: &mut [f32], rows: &[f32], factors: impl Iterator<Item = f32>) {
    sum.fill(0.0);
    for (row, factor) in rows.chunks_exact(sum.len()).zip(factors) {
        let factor = Lanes::splat(factor);
        lanes::transform([&mut *sum], [row], |[sum], [value]| [sum + value * factor]);
    }
}

/// One latent dimension of `values`, `[batch, 2]`.
fn dimension_of(values: &[f32], dimension: usize) -> impl Iterator<Item = f32> {
    values.iter().skip(dimension).step_by(LATENT).copied()
}
