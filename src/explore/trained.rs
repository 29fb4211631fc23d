//! A model to look at: its weights and the settings that say how to read them.

use core::ops::Range;

use arithmetic::sparse::SparseRows;

use crate::config::{LATENT, PIXELS, TrainConfig};
use crate::data::Images;
use crate::forward::{self, Heads};
use crate::noise::{self, Stream};
use crate::objective::{self, TermWeights};
use crate::params::{Layout, Tensors};
use crate::weights::WeightsFile;

/// Images decoded or encoded at a time: enough for the matrix product to run at full speed,
/// little enough to stay in a second-level cache. Measured flat from 64 to 512.
const SLICE: usize = 256;

/// Calls `work` with the pixels of `count` images from `start`, fewer where the images end, a
/// slice at a time and each with its rows in the set.
pub(crate) fn each_slice(
    images: &Images,
    start: usize,
    count: usize,
    mut work: impl FnMut(&[f32], Range<usize>),
) {
    let end = start.saturating_add(count).min(images.count());
    let mut pixels = Vec::new();
    for from in (start..end).step_by(SLICE) {
        let rows = from..end.min(from + SLICE);
        pixels.resize(rows.len() * PIXELS, 0.0);
        images.gather(rows.clone(), &mut pixels);
        work(&pixels, rows);
    }
}

/// A trained or untrained model, ready to decode and encode.
#[derive(Clone, Debug)]
pub struct TrainedModel {
    config: TrainConfig,
    layout: Layout,
    weights: Vec<f32>,
    metadata: Vec<(String, String)>,
}

/// The posteriors of some images.
///
/// # Shapes
/// - `mean`, `log_var`: `[images, 2]`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posterior {
    /// Means.
    pub mean: Vec<f32>,
    /// Logarithms of the variances.
    pub log_var: Vec<f32>,
}

impl TrainedModel {
    /// A model as its seed initialises it.
    pub fn untrained(config: TrainConfig) -> Self {
        let weights = crate::training::first_weights(&config);
        Self::from(WeightsFile { config, values: weights, metadata: Vec::new() })
    }

    /// The settings it was trained with.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// What its file says of it besides the settings.
    pub fn metadata(&self) -> &[(String, String)] {
        &self.metadata
    }

    /// Its values, in the order of [`Layout`].
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Takes other values, from the same model in training; false, and nothing changes, when
    /// there are not as many.
    pub fn set_weights(&mut self, weights: &[f32]) -> bool {
        let fits = weights.len() == self.weights.len();
        if fits {
            self.weights.copy_from_slice(weights);
        }
        fits
    }

    /// Takes note of the settings that training goes on under.
    pub fn set_config(&mut self, config: TrainConfig) {
        if config.hidden == self.config.hidden {
            self.config = config;
        }
    }

    fn tensors(&self) -> Tensors<&[f32]> {
        self.layout.split(&self.weights)
    }

    /// Whether its codes are samples; an autoencoder's are the means.
    pub fn samples(&self) -> bool {
        self.term_weights(1).samples
    }

    /// The decoder's outputs, before they are read as pixels.
    ///
    /// # Shapes
    /// - `latent`: `[points, 2]`
    /// - returns `[points, 784]`
    pub fn decode_outputs(&self, latent: &[f32]) -> Vec<f32> {
        let points = latent.len() / LATENT;
        let mut hidden = vec![0.0; points * self.layout.hidden];
        let mut output = vec![0.0; points * PIXELS];
        let active = &mut SparseRows::default();
        forward::decode(&self.tensors(), latent, &mut hidden, active, &mut output);
        output
    }

    /// The images that the decoder makes of latent points, nominally 0 to 1.
    ///
    /// # Shapes
    /// - `latent`: `[points, 2]`
    /// - returns `[points, 784]`
    pub fn decode(&self, latent: &[f32]) -> Vec<f32> {
        let mut pixels = self.decode_outputs(latent);
        objective::outputs_to_pixels(self.config.reconstruction, &mut pixels);
        pixels
    }

    /// The posteriors of images with pixels from 0 to 1.
    ///
    /// # Shapes
    /// - `images`: `[count, 784]`
    pub fn encode(&self, images: &[f32]) -> Posterior {
        let count = images.len() / PIXELS;
        let mut hidden = vec![0.0; count * self.layout.hidden];
        let mut mean = vec![0.0; count * LATENT];
        let mut log_var = vec![0.0; count * LATENT];
        let weights = self.tensors();
        forward::encode_hidden(&weights, &mut SparseRows::new(images, PIXELS), &mut hidden);
        Heads::new(&weights).posterior(&weights, &hidden, &mut mean, &mut log_var);
        Posterior { mean, log_var }
    }

    /// The codes of `count` images from `start`, fewer where the images end: the tutorial's
    /// scatter. Image `i`'s ε is row `i` of the evaluation stream, so a code moves only when
    /// the model does.
    ///
    /// # Shapes
    /// - returns `[images, 2]`
    pub fn codes(&self, images: &Images, start: usize, count: usize, seed: u32) -> Vec<f32> {
        let mut codes = Vec::new();
        each_slice(images, start, count, |pixels, rows| {
            codes.extend(self.encode(pixels).sample(rows, seed, self.samples()));
        });
        codes
    }

    /// What its objective makes of a batch of `images`.
    pub(crate) fn term_weights(&self, images: usize) -> TermWeights {
        TermWeights::new(self.config.objective, self.config.beta as f32, images)
    }

    /// The model as a file, with `more` added to its metadata.
    pub fn to_file(&self, more: Vec<(String, String)>) -> WeightsFile {
        let mut metadata = self.metadata.clone();
        metadata.retain(|(key, _)| more.iter().all(|(other, _)| other != key));
        metadata.extend(more);
        WeightsFile { config: self.config.clone(), values: self.weights.clone(), metadata }
    }
}

impl From<WeightsFile> for TrainedModel {
    fn from(file: WeightsFile) -> Self {
        let layout = Layout::new(file.config.hidden);
        Self { config: file.config, layout, weights: file.values, metadata: file.metadata }
    }
}

impl Posterior {
    /// One sample an image, or the means when not `sampled`; `rows` are the images' places in
    /// their set.
    ///
    /// # Shapes
    /// - returns `[images, 2]`
    pub fn sample(&self, rows: Range<usize>, seed: u32, sampled: bool) -> Vec<f32> {
        if !sampled {
            return self.mean.clone();
        }
        let epsilon = rows.flat_map(|row| noise::epsilon(seed, Stream::Evaluation, 0, row as u32));
        let posterior = self.mean.iter().zip(&self.log_var);
        posterior
            .zip(epsilon)
            .map(|((&mean, &log_var), epsilon)| {
                objective::reparameterize(mean, libm::expf(0.5 * log_var), epsilon)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Preset, Reconstruction};

    fn model(preset: Preset) -> TrainedModel {
        TrainedModel::untrained(TrainConfig { hidden: 16, ..TrainConfig::preset(preset) })
    }

    fn images(count: u8) -> Images {
        let mut chunk: Vec<u8> = (0..count).map(|label| label % 10).collect();
        chunk.extend((0..usize::from(count) * PIXELS).map(|index| (index % 251) as u8));
        let mut images = Images::default();
        images.add_chunk(&chunk, "made up").expect("a chunk");
        images
    }

    #[test]
    fn decoding_many_points_is_decoding_each() {
        let model = model(Preset::Elbo);
        let points = [0.5, -1.0, 2.0, 0.0, -3.0, 1.5];
        let together = model.decode(&points);
        for (point, image) in points.chunks(2).zip(together.chunks(PIXELS)) {
            for (one, of_many) in model.decode(point).iter().zip(image) {
                // The product may sum in another order for another number of rows.
                assert!((one - of_many).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn bernoulli_outputs_are_read_as_probabilities() {
        let mut model = model(Preset::Elbo);
        model.set_config(TrainConfig {
            reconstruction: Reconstruction::Bernoulli,
            ..model.config().clone()
        });
        assert!(model.decode(&[9.0, 9.0]).iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    }

    #[test]
    fn a_code_does_not_depend_on_how_many_are_asked_for() {
        let (model, images) = (model(Preset::Elbo), images(200));
        let all = model.codes(&images, 0, 1000, 1);
        assert_eq!(all.len(), 400);
        for (ours, theirs) in model.codes(&images, 150, 10, 1).iter().zip(&all[300..]) {
            assert!((ours - theirs).abs() < 1e-5, "{ours} vs {theirs}");
        }
        assert_eq!(model.codes(&images, 500, 10, 1), Vec::<f32>::new());
    }

    #[test]
    fn an_autoencoders_codes_are_its_means() {
        let (model, images) = (model(Preset::Autoencoder), images(3));
        let mut pixels = vec![0.0; 3 * PIXELS];
        images.gather(0..3, &mut pixels);
        assert_eq!(model.codes(&images, 0, 3, 1), model.encode(&pixels).mean);
    }

    #[test]
    fn weights_of_another_length_change_nothing() {
        let mut model = model(Preset::Elbo);
        let before = model.weights().to_vec();
        assert!(!model.set_weights(&[1.0; 3]));
        assert_eq!(model.weights(), before);
    }
}
