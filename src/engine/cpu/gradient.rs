//! One batch forward and backward through the model.

use crate::config::{LATENT, PIXELS};
use crate::engine::{StepLosses, StepSettings};
use crate::forward::{self, Matrix, multiply};
use crate::lanes::{self, Lanes};
use crate::noise::{self, Stream};
use crate::objective::{self, LossSums, TermWeights};
use crate::params::Tensors;

/// The activations of one batch and the gradients that flow back through them.
pub struct Workspace {
    hidden: usize,
    batch: usize,
    /// x, `[batch, 784]`.
    pub images: Vec<f32>,
    encoded: Vec<f32>,
    mean: Vec<f32>,
    log_var: Vec<f32>,
    std: Vec<f32>,
    epsilon: Vec<f32>,
    latent: Vec<f32>,
    decoded: Vec<f32>,
    /// x̂, and after `measure` ∂cost/∂x̂.
    output: Vec<f32>,
    hidden_gradient: Vec<f32>,
    mean_gradient: Vec<f32>,
    log_var_gradient: Vec<f32>,
}

impl Workspace {
    /// An empty workspace for `hidden` units.
    pub fn new(hidden: usize) -> Self {
        Self {
            hidden,
            batch: 0,
            images: Vec::new(),
            encoded: Vec::new(),
            mean: Vec::new(),
            log_var: Vec::new(),
            std: Vec::new(),
            epsilon: Vec::new(),
            latent: Vec::new(),
            decoded: Vec::new(),
            output: Vec::new(),
            hidden_gradient: Vec::new(),
            mean_gradient: Vec::new(),
            log_var_gradient: Vec::new(),
        }
    }

    /// Makes room for batches of `batch` images; nothing is allocated where it is there.
    pub fn resize(&mut self, batch: usize) {
        self.batch = batch;
        for buffer in [&mut self.images, &mut self.output] {
            buffer.resize(batch * PIXELS, 0.0);
        }
        for buffer in [&mut self.encoded, &mut self.decoded, &mut self.hidden_gradient] {
            buffer.resize(batch * self.hidden, 0.0);
        }
        for buffer in [
            &mut self.mean,
            &mut self.log_var,
            &mut self.std,
            &mut self.epsilon,
            &mut self.latent,
            &mut self.mean_gradient,
            &mut self.log_var_gradient,
        ] {
            buffer.resize(batch * LATENT, 0.0);
        }
    }

    fn weights_of_terms(&self, settings: &StepSettings) -> TermWeights {
        TermWeights::new(settings.objective, settings.beta, self.batch)
    }

    /// x → x̂. Without sampling ε is 0, and z the mean.
    pub fn forward(&mut self, weights: &Tensors<&[f32]>, settings: &StepSettings) {
        let (mean, log_var) = (&mut self.mean, &mut self.log_var);
        forward::encode(weights, &self.images, &mut self.encoded, mean, log_var);
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
        forward::decode(weights, &self.latent, &mut self.decoded, &mut self.output);
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

    /// ∂cost/∂x̂ → the gradient of every tensor.
    pub fn backward(
        &mut self,
        weights: &Tensors<&[f32]>,
        mut gradients: Tensors<&mut [f32]>,
        settings: &StepSettings,
    ) {
        self.through_decoder(weights, &mut gradients);
        self.through_latent(settings);
        self.through_encoder(weights, &mut gradients);
    }

    /// ∂cost/∂x̂ → ∂cost/∂z, in `mean_gradient`, and the decoder's gradients.
    fn through_decoder(&mut self, weights: &Tensors<&[f32]>, gradients: &mut Tensors<&mut [f32]>) {
        let decoded = Matrix::new(&self.decoded, self.hidden);
        let by_output = Matrix::new(&self.output, PIXELS);
        multiply(gradients.output_weight, decoded.transposed(), by_output, false);
        sum_rows(gradients.output_bias, &self.output);

        let output_weight = Matrix::new(weights.output_weight, PIXELS);
        multiply(&mut self.hidden_gradient, by_output, output_weight.transposed(), false);
        keep_active(&mut self.hidden_gradient, &self.decoded);
        let by_hidden = Matrix::new(&self.hidden_gradient, self.hidden);
        let latent = Matrix::new(&self.latent, LATENT);
        multiply(gradients.decoder_hidden_weight, latent.transposed(), by_hidden, false);
        sum_rows(gradients.decoder_hidden_bias, &self.hidden_gradient);

        let hidden_weight = Matrix::new(weights.decoder_hidden_weight, self.hidden);
        multiply(&mut self.mean_gradient, by_hidden, hidden_weight.transposed(), false);
    }

    /// ∂cost/∂mean and ∂cost/∂log_var → the encoder's gradients.
    fn through_encoder(&mut self, weights: &Tensors<&[f32]>, gradients: &mut Tensors<&mut [f32]>) {
        let encoded = Matrix::new(&self.encoded, self.hidden);
        let by_mean = Matrix::new(&self.mean_gradient, LATENT);
        let by_log_var = Matrix::new(&self.log_var_gradient, LATENT);
        multiply(gradients.mean_weight, encoded.transposed(), by_mean, false);
        sum_rows(gradients.mean_bias, &self.mean_gradient);
        multiply(gradients.log_var_weight, encoded.transposed(), by_log_var, false);
        sum_rows(gradients.log_var_bias, &self.log_var_gradient);

        let mean_weight = Matrix::new(weights.mean_weight, LATENT).transposed();
        let log_var_weight = Matrix::new(weights.log_var_weight, LATENT).transposed();
        multiply(&mut self.hidden_gradient, by_mean, mean_weight, false);
        multiply(&mut self.hidden_gradient, by_log_var, log_var_weight, true);
        keep_active(&mut self.hidden_gradient, &self.encoded);
        let images = Matrix::new(&self.images, PIXELS);
        let by_hidden = Matrix::new(&self.hidden_gradient, self.hidden);
        multiply(gradients.encoder_hidden_weight, images.transposed(), by_hidden, false);
        sum_rows(gradients.encoder_hidden_bias, &self.hidden_gradient);
    }

    /// ∂cost/∂z, in `mean_gradient`, becomes ∂cost/∂mean and ∂cost/∂log_var:
    ///
    ///   ∂z/∂μ = 1,   ∂z/∂log σ² = ½ σ ε,   and the KL's own derivatives.
    ///
    /// Without sampling ε is 0 and the KL's weight too, so log_var gets no gradient.
    fn through_latent(&mut self, settings: &StepSettings) {
        let terms = self.weights_of_terms(settings);
        for (index, by_mean) in self.mean_gradient.iter_mut().enumerate() {
            let (std, by_latent) = (self.std[index], *by_mean);
            let (kl_by_mean, kl_by_log_var) = objective::kl_gradient(self.mean[index], std * std);
            *by_mean = by_latent + terms.kl * kl_by_mean;
            self.log_var_gradient[index] =
                by_latent * 0.5 * std * self.epsilon[index] + terms.kl * kl_by_log_var;
        }
    }
}

/// Sums the rows of `values` into `target`: a bias's gradient.
fn sum_rows(target: &mut [f32], values: &[f32]) {
    target.fill(0.0);
    for row in values.chunks_exact(target.len()) {
        lanes::transform([&mut *target], [row], |[sum], [value]| [sum + value]);
    }
}

/// ReLU's derivative: lets `gradient` through where the unit was active.
fn keep_active(gradient: &mut [f32], activation: &[f32]) {
    lanes::transform([gradient], [activation], |[gradient], [activation]| {
        [gradient & activation.simd_gt(Lanes::ZERO)]
    });
}
