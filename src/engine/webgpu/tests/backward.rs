//! The kernels from the loss to Adam, against the formulas that they are documented with.

use super::case::{Case, POSITION, SUM, TAKEN, UPDATES, close, each_shape, joined, product};
use crate::config::{LATENT, PIXELS};
use crate::engine::webgpu::kernels::latent::{CODE, LOSSES, NOISE, POSTERIOR, QUADS, SLOPES};
use crate::engine::webgpu::places::{LANES, RING, TILE};
use crate::engine::webgpu::words;
use crate::engine::{ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON};

/// A dozen roundings of f32, of which WGSL lets a root and a division be a few units off: 16 units
/// in the last place.
const ADAM: f64 = 1e-6;

#[test]
fn through_output_multiplies_the_errors_with_the_last_weights_transposed() {
    each_shape(|case| {
        let errors = case.fill(&case.launches.errors, 1);
        let model = case.fill(&case.launches.model, 2);
        let weight = case.part(&model, case.places.output_weight);
        case.launches.through_output();
        let ours = joined(&case, &case.read(&case.launches.parts));
        let theirs = product(
            [case.rows, PIXELS, case.hidden],
            |row, pixel| errors[row * PIXELS + pixel],
            |pixel, unit| weight[unit * PIXELS + pixel],
        );
        close("∂x̂ W₃ᵀ", &ours, &theirs, SUM);
    });
}

#[test]
fn through_latent_goes_back_to_the_encoder_and_counts_the_step() {
    each_shape(|case| {
        let parts = case.fill(&case.launches.parts, 1);
        let model = case.fill(&case.launches.model, 2);
        let units = case.fill(&case.launches.units, 3);
        let losses: Vec<_> =
            case.fill(&case.launches.losses, 4).iter().map(|loss| loss.abs()).collect();
        case.write(&case.launches.losses, &losses);
        let latent = case.fill(&case.launches.latent, 5);
        case.launches.through_latent();
        let (slopes, after) = (case.read(&case.launches.slopes), case.read(&case.launches.latent));
        let weight = case.part(&model, case.places.decoder_weight);
        let heads = case.part(&model, case.places.heads_weight);
        let kl = f64::from(case.settings.beta) / case.batch as f64;
        let sums = joined(&case, &parts);
        for row in 0..case.batch {
            let at = |half: usize, unit: usize| (half * case.rows + row) * case.hidden + unit;
            let second: Vec<f64> = (0..case.hidden)
                .map(|unit| match units[at(1, unit)] > 0.0 {
                    true => sums[row * case.hidden + unit].into(),
                    false => 0.0,
                })
                .collect();
            close("∂h₂", &slopes[at(1, 0)..][..case.hidden], &second, SUM);
            let value =
                |quad: usize, lane: usize| f64::from(latent[(row * QUADS + quad) * LANES + lane]);
            let mut expected = [0.0; LANES];
            let mut divergence = 0.0;
            for d in 0..LATENT {
                let by_latent: f64 = (0..case.hidden)
                    .map(|unit| second[unit] * f64::from(weight[d * case.hidden + unit]))
                    .sum();
                let (mean, std) = (value(POSTERIOR, d), value(CODE, 2 + d));
                expected[d] = by_latent + kl * mean;
                expected[2 + d] =
                    by_latent * 0.5 * std * value(NOISE, d) + kl * 0.5 * (std * std - 1.0);
                divergence += 0.5 * (mean * mean + std * std - value(POSTERIOR, 2 + d) - 1.0);
            }
            let ours = |quad: usize| &after[(row * QUADS + quad) * LANES..][..LANES];
            close("∂μ, ∂log σ²", ours(SLOPES), &expected, 2.0 * SUM);
            let reconstruction: f64 =
                (0..PIXELS / TILE).map(|tile| f64::from(losses[tile * case.rows + row])).sum();
            close("losses", &ours(LOSSES)[..2], &[reconstruction, divergence], 4.0 * SUM);
            let first: Vec<f64> = (0..case.hidden)
                .map(|unit| {
                    let products = (0..LANES)
                        .map(|head| expected[head] * f64::from(heads[unit * LANES + head]));
                    if units[at(0, unit)] > 0.0 { products.sum() } else { 0.0 }
                })
                .collect();
            close("∂h₁", &slopes[at(0, 0)..][..case.hidden], &first, 3.0 * SUM);
        }
        let words = case.words();
        assert_eq!(words[words::STEP], case.settings.step + 1);
        assert_eq!(words[words::POSITION] as usize, POSITION + case.batch);
        assert_eq!(words[words::TAKEN], TAKEN + 1);
    });
}

/// The gradient of every weight from the activations, in the order of the device.
fn gradients(case: &Case, [images, units, slopes, errors, latent]: [&[f32]; 5]) -> Vec<f64> {
    let (hidden, rows, batch) = (case.hidden, case.rows, case.batch);
    let second = rows * hidden;
    let quad = |row: usize, quad: usize, lane: usize| latent[(row * QUADS + quad) * LANES + lane];
    let ones = |_: usize, _: usize| 1.0;
    let first_slope = |row: usize, unit: usize| slopes[row * hidden + unit];
    let second_slope = |row: usize, unit: usize| slopes[second + row * hidden + unit];
    let error = |row: usize, pixel: usize| errors[row * PIXELS + pixel];
    let by_heads = |row: usize, head: usize| quad(row, SLOPES, head);
    [
        product([PIXELS, batch, hidden], |pixel, row| images[row * PIXELS + pixel], first_slope),
        product([1, batch, hidden], ones, first_slope),
        product([hidden, batch, LANES], |unit, row| units[row * hidden + unit], by_heads),
        product([1, batch, LANES], ones, by_heads),
        product([LATENT, batch, hidden], |d, row| quad(row, CODE, d), second_slope),
        product([1, batch, hidden], ones, second_slope),
        product([hidden, batch, PIXELS], |unit, row| units[second + row * hidden + unit], error),
        product([1, batch, PIXELS], ones, error),
    ]
    .concat()
}

#[test]
fn gradients_are_sums_over_the_batch_and_so_are_the_losses() {
    each_shape(|case| {
        let launches = &case.launches;
        let buffers = [&launches.units, &launches.slopes, &launches.errors, &launches.latent];
        let [units, slopes, errors, latent] =
            [2, 3, 4, 5].map(|salt| case.fill(buffers[salt as usize - 2], salt));
        let images = case.fill_pixels(1);
        launches.gradients();
        let ours = case.read(&launches.gradients);
        let theirs = gradients(&case, [&images, &units, &slopes, &errors, &latent]);
        close("gradient", &ours[RING * LANES..][..theirs.len()], &theirs, SUM);
        let losses = [0, 1].map(|lane| {
            let of = |row: usize| f64::from(latent[(row * QUADS + LOSSES) * LANES + lane]);
            (0..case.batch).map(of).sum::<f64>()
        });
        // Of either sign here, so that their sum is small beside them.
        close("losses", &ours[..2], &losses, 3.0 * SUM);
    });
}

#[test]
fn update_is_adam_and_keeps_the_losses() {
    each_shape(|case| {
        let launches = &case.launches;
        let gradients = case.fill(&launches.gradients, 1);
        let mut model = case.fill(&launches.model, 2);
        let size = case.places.moment() * LANES;
        // Mean squares are not negative.
        model[RING * LANES + 2 * size..].iter_mut().for_each(|value| *value = value.abs());
        case.write(&launches.model, &model);
        launches.update();
        let after = case.read(&launches.model);
        let [step_size, scale] = {
            let correction = |decay: f32| 1.0 - f64::from(decay).powi(UPDATES as i32);
            [0.01 / correction(ADAM_BETA_1), 1.0 / correction(ADAM_BETA_2).sqrt()]
        };
        let [before, after_parts] = [&model, &after].map(|values| {
            let part = |index: usize| &values[RING * LANES + index * size..][..size];
            [part(0), part(1), part(2)]
        });
        let mut adam = [vec![0.0; size], vec![0.0; size], vec![0.0; size]];
        for at in 0..size {
            let gradient = f64::from(gradients[RING * LANES + at]);
            let [weight, mean, square] = before.map(|part| f64::from(part[at]));
            let [beta_1, beta_2] = [ADAM_BETA_1, ADAM_BETA_2].map(f64::from);
            let mean = beta_1 * mean + (1.0 - beta_1) * gradient;
            let square = beta_2 * square + (1.0 - beta_2) * gradient * gradient;
            let step = mean * step_size / (square.sqrt() * scale + f64::from(ADAM_EPSILON));
            let values = [weight - step, mean, square];
            adam.iter_mut().zip(values).for_each(|(part, value)| part[at] = value);
        }
        for (index, name) in ["weights", "first moment", "second moment"].iter().enumerate() {
            close(name, after_parts[index], &adam[index], ADAM);
        }
        // Where the step has been counted already its slot is the one before; here it has not.
        let slot = (TAKEN as usize - 1) % RING;
        assert_eq!(after[slot * LANES..][..2], gradients[..2], "losses");
    });
}
