//! Noise, losses and the normal distribution at single points, against numpy, TensorFlow and
//! scipy.

use serde::Deserialize;
use vae_playground::config::Reconstruction;
use vae_playground::explore::{Axes, Plane, quantile_grid};
use vae_playground::noise::{self, Stream};
use vae_playground::objective;

use super::{ROUNDING, case, close};

#[derive(Deserialize)]
struct NoiseValues {
    words: Vec<Words>,
    epsilon: Vec<Epsilons>,
}

#[derive(Deserialize)]
struct Words {
    counter: [u32; 4],
    key: [u32; 2],
    words: [u32; 4],
}

#[derive(Deserialize)]
struct Epsilons {
    seed: u32,
    stream: u32,
    step: u32,
    rows: Vec<[f32; 2]>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Formulas {
    tutorial_grid: Grid,
    quantile: Vec<[f64; 2]>,
    cumulative: Vec<[f64; 2]>,
    kl: Vec<[f64; 3]>,
    bernoulli: Vec<[f64; 3]>,
    squared_error: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
struct Grid {
    quantile: Vec<f64>,
}

/// statrs computes erf and its inverse to about 1e-10 over the range that is drawn.
const ERF: (f64, &str) = (1e-9, "statrs' error function");

#[test]
fn words_are_those_of_another_philox_at_every_stream_and_seed() {
    for golden in case::read_json::<NoiseValues>("noise.json").words {
        let ours = noise::philox(golden.counter, golden.key);
        assert_eq!(ours, golden.words, "counter {:?}, key {:?}", golden.counter, golden.key);
    }
}

#[test]
fn epsilon_is_numpys_for_the_same_seed_step_and_row() {
    for golden in case::read_json::<NoiseValues>("noise.json").epsilon {
        let stream = [Stream::Noise, Stream::Evaluation]
            .into_iter()
            .find(|&stream| stream as u32 == golden.stream)
            .expect("a stream of noise");
        for (row, theirs) in golden.rows.iter().enumerate() {
            let ours = noise::epsilon(golden.seed, stream, golden.step, row as u32);
            for (dimension, (&ours, &theirs)) in ours.iter().zip(theirs).enumerate() {
                let place = format!(
                    "ε of seed {}, {stream:?}, step {}, row {row}, dimension {dimension}",
                    golden.seed, golden.step
                );
                // An angle of up to 2π rounded to f32 is off by 2.4e-7, the radius is below 6.
                let allowed = (2e-6, "an f32 angle and radius, where numpy's are float64");
                close(&place, ours.into(), theirs.into(), allowed);
            }
        }
    }
}

#[test]
fn kl_and_reconstruction_are_tensorflows_at_single_points() {
    let golden: Formulas = case::read_json("formulas.json");
    // Each is a sum of a few f32 terms, none larger than its largest input or result.
    let allowed = |largest: f64| (4.0 * ROUNDING * largest.max(1.0), "four f32 roundings");
    for [mean, log_var, theirs] in golden.kl {
        let ours = objective::kl(mean as f32, log_var as f32, (log_var as f32).exp());
        let place = format!("KL at mean {mean}, log_var {log_var}");
        close(&place, ours.into(), theirs, allowed(theirs.max(log_var.abs())));
    }
    for (kind, values) in [
        (Reconstruction::Bernoulli, golden.bernoulli),
        (Reconstruction::SquaredError, golden.squared_error),
    ] {
        for [output, pixel, theirs] in values {
            let ours = objective::reconstruction(kind, output as f32, pixel as f32);
            let place = format!("{kind:?} at output {output}, pixel {pixel}");
            close(&place, ours.into(), theirs, allowed(output.abs()));
        }
    }
}

#[test]
fn the_manifolds_axis_is_scipys_ppf_of_linspace() {
    let theirs = case::read_json::<Formulas>("formulas.json").tutorial_grid.quantile;
    let ours = quantile_grid(15);
    assert_eq!(ours.len(), theirs.len());
    for (index, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
        close(&format!("quantile {index} of 15"), ours, theirs, ERF);
    }
}

#[test]
fn phi_axes_are_scipys_normal_distribution() {
    let golden: Formulas = case::read_json("formulas.json");
    let plane = Plane::default();
    assert_eq!(plane.axes, Axes::Phi);
    for [z, theirs] in golden.cumulative {
        close(&format!("Φ({z})"), plane.to_unit([z, 0.0])[0], theirs, ERF);
    }
    for [probability, theirs] in golden.quantile {
        // The plane ends at ±3.1.
        let theirs = theirs.clamp(-3.1, 3.1);
        let ours = plane.to_latent([probability, 0.5])[0];
        close(&format!("quantile of {probability}"), ours, theirs, ERF);
    }
}
