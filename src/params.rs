//! The ten tensors of the model in one flat buffer of f32: names, shapes, first values.

use core::ops::Range;

use crate::config::{Initialisation, LATENT, PIXELS};
use crate::noise::{self, Stream};

/// How many tensors a model has.
pub const TENSORS: usize = 10;

/// One tensor's place in the flat buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSpec {
    /// Its name in files, layer by layer as in [`model`](crate).
    pub name: &'static str,
    /// `[inputs, outputs]` for weights, `[outputs]` for biases.
    pub shape: Vec<usize>,
    /// Where its values lie, row by row.
    pub range: Range<usize>,
    /// How many inputs each output sums over, for a bias that of its layer.
    pub fan_in: usize,
}

/// Where each tensor of a model with `hidden` units a hidden layer lies.
///
/// | tensor                    | shape           |
/// |---------------------------|-----------------|
/// | `encoder.hidden.weight`   | `[784, hidden]` |
/// | `encoder.hidden.bias`     | `[hidden]`      |
/// | `encoder.mean.weight`     | `[hidden, 2]`   |
/// | `encoder.mean.bias`       | `[2]`           |
/// | `encoder.log_var.weight`  | `[hidden, 2]`   |
/// | `encoder.log_var.bias`    | `[2]`           |
/// | `decoder.hidden.weight`   | `[2, hidden]`   |
/// | `decoder.hidden.bias`     | `[hidden]`      |
/// | `decoder.output.weight`   | `[hidden, 784]` |
/// | `decoder.output.bias`     | `[784]`         |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Units in each hidden layer.
    pub hidden: usize,
    /// The tensors in the order of the table.
    pub tensors: [TensorSpec; TENSORS],
}

impl Layout {
    /// The layout for `hidden` units: 404,244 values for 256.
    pub fn new(hidden: usize) -> Self {
        let layers = [
            ("encoder.hidden.weight", "encoder.hidden.bias", PIXELS, hidden),
            ("encoder.mean.weight", "encoder.mean.bias", hidden, LATENT),
            ("encoder.log_var.weight", "encoder.log_var.bias", hidden, LATENT),
            ("decoder.hidden.weight", "decoder.hidden.bias", LATENT, hidden),
            ("decoder.output.weight", "decoder.output.bias", hidden, PIXELS),
        ];
        let mut end = 0;
        let mut place = |name, shape: Vec<usize>, fan_in| {
            let start = end;
            end += shape.iter().product::<usize>();
            TensorSpec { name, shape, range: start..end, fan_in }
        };
        let tensors = layers.map(|(weight, bias, inputs, outputs)| {
            [place(weight, vec![inputs, outputs], inputs), place(bias, vec![outputs], inputs)]
        });
        let [[w1, b1], [wm, bm], [wv, bv], [w2, b2], [w3, b3]] = tensors;
        Self { hidden, tensors: [w1, b1, wm, bm, wv, bv, w2, b2, w3, b3] }
    }

    /// Values in the whole buffer.
    pub fn len(&self) -> usize {
        self.tensors[TENSORS - 1].range.end
    }

    /// Always false: a model has values. Here because [`len`](Self::len) is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first values of a run, decided by `seed`. See [`Initialisation`] for the rules.
    pub fn initialise(&self, kind: Initialisation, seed: u32) -> Vec<f32> {
        let mut values = vec![0.0; self.len()];
        for (index, tensor) in self.tensors.iter().enumerate() {
            let target = &mut values[tensor.range.clone()];
            match kind {
                Initialisation::Kaiming => uniform(target, index as u32, tensor.fan_in, seed),
                Initialisation::Tutorial if tensor.shape.len() == 2 => {
                    truncated_normal(target, index as u32, 0.001, seed);
                }
                Initialisation::Tutorial => {}
            }
        }
        values
    }

    /// Where each tensor starts, by name.
    pub fn starts(&self) -> Tensors<usize> {
        Tensors::from_order(core::array::from_fn(|index| self.tensors[index].range.start))
    }

    /// The tensors of `values` by name.
    ///
    /// # Panics
    /// When `values` is not [`len`](Self::len) long.
    pub fn split<'a>(&self, values: &'a [f32]) -> Tensors<&'a [f32]> {
        assert_eq!(values.len(), self.len(), "a buffer of this layout");
        let at = |index: usize| &values[self.tensors[index].range.clone()];
        Tensors::from_order(core::array::from_fn(at))
    }
}

/// One of something for each tensor, by the tensor's name.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are the tensors', described in Layout")]
pub struct Tensors<T> {
    pub encoder_hidden_weight: T,
    pub encoder_hidden_bias: T,
    pub mean_weight: T,
    pub mean_bias: T,
    pub log_var_weight: T,
    pub log_var_bias: T,
    pub decoder_hidden_weight: T,
    pub decoder_hidden_bias: T,
    pub output_weight: T,
    pub output_bias: T,
}

impl<T> Tensors<T> {
    /// From the order of [`Layout::tensors`].
    pub fn from_order(tensors: [T; TENSORS]) -> Self {
        let [w1, b1, wm, bm, wv, bv, w2, b2, w3, b3] = tensors;
        Self {
            encoder_hidden_weight: w1,
            encoder_hidden_bias: b1,
            mean_weight: wm,
            mean_bias: bm,
            log_var_weight: wv,
            log_var_bias: bv,
            decoder_hidden_weight: w2,
            decoder_hidden_bias: b2,
            output_weight: w3,
            output_bias: b3,
        }
    }
}

fn uniform(values: &mut [f32], tensor: u32, fan_in: usize, seed: u32) {
    let bound = 1.0 / (fan_in as f32).sqrt();
    for (index, value) in values.iter_mut().enumerate() {
        let [word, ..] = noise::words(seed, Stream::Initialisation, tensor, index as u32);
        *value = bound * (2.0 * noise::uniform(word) - 1.0);
    }
}

fn truncated_normal(values: &mut [f32], tensor: u32, std: f32, seed: u32) {
    for (index, value) in values.iter_mut().enumerate() {
        // Each try is a counter of its own, so that one value's retries move no other's.
        let draw = (0..u32::MAX).find_map(|attempt| {
            let counter = [index as u32, tensor, Stream::Initialisation as u32, attempt];
            let [first, second, ..] = noise::philox(counter, [seed, 0]);
            noise::normal_pair(first, second).into_iter().find(|draw| draw.abs() <= 2.0)
        });
        *value = std * draw.expect("19 in 20 draws are within two standard deviations");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tutorials_model_has_404_244_values() {
        assert_eq!(Layout::new(256).len(), 404_244);
    }

    #[test]
    fn tensors_lie_end_to_end_and_fill_their_shapes() {
        let layout = Layout::new(37);
        let mut end = 0;
        for tensor in &layout.tensors {
            assert_eq!(tensor.range.start, end, "{}", tensor.name);
            assert_eq!(
                tensor.range.len(),
                tensor.shape.iter().product::<usize>(),
                "{}",
                tensor.name
            );
            end = tensor.range.end;
        }
        assert_eq!(end, layout.len());
    }

    #[test]
    fn a_tensor_is_cut_out_where_it_starts() {
        let layout = Layout::new(16);
        let mut values = vec![0.0; layout.len()];
        values[layout.starts().mean_bias..][..2].fill(3.0);
        assert_eq!(layout.split(&values).mean_bias, [3.0, 3.0]);
        assert_eq!(layout.starts().output_bias + 784, layout.len());
    }

    #[test]
    fn kaiming_values_fill_their_bounds_evenly() {
        let layout = Layout::new(256);
        let values = layout.initialise(Initialisation::Kaiming, 1);
        let weight = layout.split(&values).encoder_hidden_weight;
        let bound = 1.0 / 28.0;
        assert!(weight.iter().all(|value| value.abs() < bound));
        let mean_square =
            weight.iter().map(|v| f64::from(v * v)).sum::<f64>() / weight.len() as f64;
        // Uniform on ±b has variance b²/3; 200,704 values estimate it to 0.2 %.
        assert!((mean_square / f64::from(bound * bound / 3.0) - 1.0).abs() < 0.01);
    }

    #[test]
    fn tutorial_values_are_cut_at_two_standard_deviations_and_biases_are_zero() {
        let layout = Layout::new(256);
        let values = layout.initialise(Initialisation::Tutorial, 1);
        let tensors = layout.split(&values);
        assert!(tensors.output_weight.iter().all(|value| value.abs() <= 0.002));
        let mean_square = tensors.output_weight.iter().map(|v| f64::from(v * v)).sum::<f64>()
            / tensors.output_weight.len() as f64;
        // A normal cut at ±2 keeps 0.774 of its variance.
        assert!((mean_square / 1e-6 - 0.774).abs() < 0.01);
        assert!(tensors.output_bias.iter().all(|&value| value == 0.0));
    }

    #[test]
    fn the_seed_decides_the_first_values() {
        let layout = Layout::new(16);
        for kind in [Initialisation::Kaiming, Initialisation::Tutorial] {
            assert_eq!(layout.initialise(kind, 5), layout.initialise(kind, 5));
            assert_ne!(layout.initialise(kind, 5), layout.initialise(kind, 6));
        }
    }
}
