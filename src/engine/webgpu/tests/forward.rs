//! The kernels up to the loss, against the formulas that they are documented with.

use super::case::{Case, POSITION, SHAPES, SUM, UPDATES, close, each_shape, joined, product};
use crate::config::{LATENT, PIXELS, Reconstruction};
use crate::engine::webgpu::kernels::latent::{CODE, NOISE, POSTERIOR, QUADS};
use crate::engine::webgpu::places::{LANES, TILE};
use crate::engine::webgpu::words;
use crate::engine::{ADAM_BETA_1, ADAM_BETA_2, StepSettings};
use crate::noise::{self, Stream};
use crate::objective;

/// ε: WGSL allows its ln an absolute error of 2⁻²¹ and its sin and cos one of 2⁻¹¹. Three times
/// what was measured on Mesa's software driver; a driver that needs more may have its reasons.
const NORMAL: f64 = 2e-6;

#[test]
fn gather_gives_the_batchs_pixels_and_steps_adams_corrections() {
    each_shape(|case| {
        case.launches.gather();
        let mut expected: Vec<u8> = case.order[POSITION..]
            .iter()
            .flat_map(|&row| case.images.pixels(row as usize).to_vec())
            .collect();
        expected.resize(case.rows * PIXELS, 0);
        assert!(case.pixels() == expected, "pixels, then rows of zeros");
        let words = case.words();
        for (word, decay) in
            [(words::CORRECTION_1, ADAM_BETA_1), (words::CORRECTION_2, ADAM_BETA_2)]
        {
            let expected = 1.0 - f64::from(decay).powi(UPDATES as i32 + 1);
            close("correction", &[f32::from_bits(words[word])], &[expected], 3e-7);
        }
    });
}

#[test]
fn encode_multiplies_the_images_with_the_first_weights() {
    each_shape(|case| {
        let images = case.fill_pixels(1);
        let model = case.fill(&case.launches.model, 2);
        let weight = case.part(&model, case.places.encoder_weight);
        case.launches.encode();
        let ours = joined(&case, &case.read(&case.launches.parts));
        let theirs = product(
            [case.rows, PIXELS, case.hidden],
            |row, pixel| images[row * PIXELS + pixel],
            |pixel, unit| weight[pixel * case.hidden + unit],
        );
        close("x W₁", &ours, &theirs, SUM);
    });
}

#[test]
fn sample_finishes_the_encoder_and_begins_the_decoder() {
    each_shape(|case| {
        let parts = case.fill(&case.launches.parts, 1);
        let model: Vec<_> =
            case.fill(&case.launches.model, 2).iter().map(|value| value * 0.2).collect();
        case.write(&case.launches.model, &model);
        case.launches.sample();
        let (units, after) = (case.read(&case.launches.units), case.read(&case.launches.latent));
        let places = case.places;
        let [bias, heads, heads_bias, weight, second_bias] = [
            places.encoder_bias,
            places.heads_weight,
            places.heads_bias,
            places.decoder_weight,
            places.decoder_bias,
        ]
        .map(|first| case.part(&model, first));
        let sums = joined(&case, &parts);
        for row in 0..case.batch {
            let first: Vec<f64> = (0..case.hidden)
                .map(|unit| f64::from(sums[row * case.hidden + unit] + bias[unit]).max(0.0))
                .collect();
            close("h₁", &units[row * case.hidden..][..case.hidden], &first, SUM);
            let quad = |quad: usize| (row * QUADS + quad) * LANES;
            let posterior: Vec<f64> = (0..LANES)
                .map(|head| {
                    let products = (0..case.hidden)
                        .map(|unit| first[unit] * f64::from(heads[unit * LANES + head]));
                    products.sum::<f64>() + f64::from(heads_bias[head])
                })
                .collect();
            close("posterior", &after[quad(POSTERIOR)..][..LANES], &posterior, SUM);
            let StepSettings { seed, step, .. } = case.settings;
            let expected = noise::epsilon(seed, Stream::Noise, step, row as u32).map(f64::from);
            let noise = &after[quad(NOISE)..][..LATENT];
            close("ε", noise, &expected, NORMAL);
            let std = [posterior[2], posterior[3]].map(|log_var| (0.5 * log_var).exp());
            let z = [0, 1].map(|dimension| {
                posterior[dimension] + std[dimension] * f64::from(noise[dimension])
            });
            // e to the power of half of a log σ² that is itself a sum.
            close("code", &after[quad(CODE)..][..LANES], &[z[0], z[1], std[0], std[1]], 5.0 * SUM);
            let second: Vec<f64> = (0..case.hidden)
                .map(|unit| {
                    let weights = [unit, case.hidden + unit].map(|at| f64::from(weight[at]));
                    let sum = z[0] * weights[0] + z[1] * weights[1] + f64::from(second_bias[unit]);
                    sum.max(0.0)
                })
                .collect();
            let ours = &units[(case.rows + row) * case.hidden..][..case.hidden];
            close("h₂", ours, &second, 5.0 * SUM);
        }
    });
}

#[test]
fn output_gives_each_images_loss_and_its_derivative() {
    for kind in [Reconstruction::SquaredError, Reconstruction::Bernoulli] {
        for shape in SHAPES {
            let case = Case::new(shape, kind);
            let model = case.fill(&case.launches.model, 1);
            let units = case.fill(&case.launches.units, 2);
            let images = case.fill_pixels(3);
            case.launches.output();
            let errors = case.read(&case.launches.errors);
            let losses = case.read(&case.launches.losses);
            let [weight, bias] = [case.places.output_weight, case.places.output_bias]
                .map(|first| case.part(&model, first));
            let values = product(
                [case.rows, case.hidden, PIXELS],
                |row, unit| units[(case.rows + row) * case.hidden + unit],
                |unit, pixel| weight[unit * PIXELS + pixel],
            );
            let mut expected = vec![0.0; values.len()];
            let mut sums = vec![0.0; case.rows];
            for (at, &value) in values.iter().enumerate() {
                let value = (value + f64::from(bias[at % PIXELS])) as f32;
                let slope = objective::reconstruction_gradient(kind, value, images[at]);
                expected[at] = f64::from(slope) / case.batch as f64;
                sums[at / PIXELS] += f64::from(objective::reconstruction(kind, value, images[at]));
            }
            close("∂x̂", &errors, &expected, 3.0 * SUM);
            let ours: Vec<f32> = (0..case.rows)
                .map(|row| (0..PIXELS / TILE).map(|tile| losses[tile * case.rows + row]).sum())
                .collect();
            close("reconstruction", &ours, &sums, 10.0 * SUM);
        }
    }
}
