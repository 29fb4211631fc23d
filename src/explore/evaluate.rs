//! How good a model is on images it has not trained on.

use super::trained::{TrainedModel, each_slice};
use crate::config::PIXELS;
use crate::data::Images;
use crate::json::{Json, object};
use crate::objective::{self, LossSums};

/// A model measured on a set of images: means an image, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// Reconstruction of one posterior sample an image; of the mean for an autoencoder, which
    /// has no other code.
    pub reconstruction: f64,
    /// Reconstruction of the posterior mean.
    pub reconstruction_at_mean: f64,
    /// KL(q(z|x) ‖ p(z)), without β.
    pub kl: f64,
    /// The evidence lower bound, −(reconstruction + kl), up to the likelihood's constant.
    pub elbo: f64,
    /// The objective's own figure, the whole set taken as one batch as the tutorial takes it.
    pub cost: f64,
    /// How many images were measured.
    pub images: usize,
}

impl Evaluation {
    /// The figures as JSON, in camelCase.
    pub fn to_json(&self) -> String {
        object([
            ("reconstruction", Json::Number(self.reconstruction)),
            ("reconstructionAtMean", Json::Number(self.reconstruction_at_mean)),
            ("kl", Json::Number(self.kl)),
            ("elbo", Json::Number(self.elbo)),
            ("cost", Json::Number(self.cost)),
            ("images", Json::Whole(self.images as u64)),
        ])
    }
}

/// An evaluation in progress, a slice of images at a time, so that a caller can do other
/// things between slices.
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    sampled: LossSums,
    at_mean: f64,
}

impl Evaluator {
    /// Measures the next `count` images; true once all are measured.
    pub fn advance(&mut self, model: &TrainedModel, images: &Images, count: usize) -> bool {
        each_slice(images, self.sampled.images, count, |pixels, rows| {
            self.measure(model, pixels, rows);
        });
        self.sampled.images == images.count()
    }

    fn measure(&mut self, model: &TrainedModel, pixels: &[f32], rows: core::ops::Range<usize>) {
        let posterior = model.encode(pixels);
        for (&mean, &log_var) in posterior.mean.iter().zip(&posterior.log_var) {
            self.sampled.kl += f64::from(objective::kl(mean, log_var, libm::expf(log_var)));
        }
        let at_mean = reconstruction(model, &posterior.mean, pixels);
        self.at_mean += at_mean;
        self.sampled.images += rows.len();
        self.sampled.reconstruction += match model.samples() {
            true => {
                reconstruction(model, &posterior.sample(rows, model.config().seed, true), pixels)
            }
            false => at_mean,
        };
    }

    /// The means over what was measured.
    pub fn finish(&self, model: &TrainedModel) -> Evaluation {
        let sums = self.sampled;
        Evaluation {
            reconstruction: sums.mean_reconstruction(),
            reconstruction_at_mean: self.at_mean / sums.images.max(1) as f64,
            kl: sums.mean_kl(),
            elbo: -sums.mean_total(),
            cost: model.term_weights(sums.images.max(1)).cost(sums),
            images: sums.images,
        }
    }
}

impl TrainedModel {
    /// Measures the model on all of `images`.
    pub fn evaluate(&self, images: &Images) -> Evaluation {
        let mut evaluator = Evaluator::default();
        evaluator.advance(self, images, images.count());
        evaluator.finish(self)
    }

    /// Each image's reconstruction loss for these decoder outputs, in nats.
    ///
    /// # Shapes
    /// - `outputs`, `pixels`: `[count, 784]`
    /// - returns `[count]`
    fn reconstruction_losses(&self, outputs: &[f32], pixels: &[f32]) -> Vec<f32> {
        let kind = self.config().reconstruction;
        let images = outputs.chunks_exact(PIXELS).zip(pixels.chunks_exact(PIXELS));
        images.map(|(output, image)| objective::image_reconstruction(kind, output, image)).collect()
    }
}

fn reconstruction(model: &TrainedModel, latent: &[f32], pixels: &[f32]) -> f64 {
    let losses = model.reconstruction_losses(&model.decode_outputs(latent), pixels);
    losses.into_iter().map(f64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Preset, TrainConfig};

    fn images(count: usize) -> Images {
        let mut chunk = vec![0; count];
        chunk.extend((0..count * PIXELS).map(|index| (index * 7 % 256) as u8));
        let mut images = Images::default();
        images.add_chunk(&chunk, "made up").expect("a chunk");
        images
    }

    fn model(preset: Preset) -> TrainedModel {
        TrainedModel::untrained(TrainConfig { hidden: 16, ..TrainConfig::preset(preset) })
    }

    #[test]
    fn slices_of_any_size_give_the_same_figures() {
        let (model, images) = (model(Preset::Elbo), images(700));
        let whole = model.evaluate(&images);
        let mut evaluator = Evaluator::default();
        while !evaluator.advance(&model, &images, 33) {}
        let sliced = evaluator.finish(&model);
        assert_eq!(sliced.images, 700);
        for (ours, theirs) in [
            (whole.reconstruction, sliced.reconstruction),
            (whole.reconstruction_at_mean, sliced.reconstruction_at_mean),
            (whole.kl, sliced.kl),
            (whole.cost, sliced.cost),
        ] {
            assert!((ours / theirs - 1.0).abs() < 1e-6, "{ours} vs {theirs}");
        }
    }

    #[test]
    fn the_elbos_cost_is_minus_the_elbo_and_the_tutorials_sums_the_reconstruction() {
        let images = images(40);
        let elbo = model(Preset::Elbo).evaluate(&images);
        assert!((elbo.cost + elbo.elbo).abs() < 1e-4 * elbo.cost);
        let tutorial = model(Preset::Tutorial).evaluate(&images);
        let expected = 40.0 * tutorial.reconstruction + tutorial.kl;
        assert!((tutorial.cost / expected - 1.0).abs() < 1e-6);
    }

    #[test]
    fn no_images_measure_as_zero() {
        let evaluation = model(Preset::Elbo).evaluate(&Images::default());
        assert_eq!((evaluation.images, evaluation.reconstruction, evaluation.kl), (0, 0.0, 0.0));
    }
}
