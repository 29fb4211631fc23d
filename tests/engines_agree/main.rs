//! The engines written by hand against the engine that burn derives, from the same weights, the
//! same images and the same ε: gradients, one step, and a hundred.

#![cfg(feature = "autodiff")]

mod case;

use burn::tensor::Device;
use pollster::block_on;
use vae_playground::config::{Objective, Reconstruction, TrainConfig};
use vae_playground::data::{Batch, Order};
use vae_playground::engine::autodiff::AutodiffEngine;
use vae_playground::engine::cpu::CpuEngine;
#[cfg(feature = "gpu")]
use vae_playground::engine::webgpu::WebGpuEngine;
use vae_playground::engine::{Engine, StepLosses, StepSettings};

use case::{Case, IMAGES, LOSS, close};

/// Narrow, odd and the page's own; one image, a few, and the page's own.
const HIDDEN: [usize; 3] = [16, 37, 256];
const BATCHES: [usize; 3] = [1, 7, 128];

/// How far apart two f32 gradients may be, as a share of their tensor's largest: both engines
/// add up to 784 · 128 terms, each in an order of its own. Three times what was measured.
const ROUNDING: f64 = 2e-6;

/// The same on a GPU, whose exp, ln, sin and cos are a few units in the last place off, and with
/// them ε and σ. Three times the worst of all cases on Mesa's software driver, 2.4e-6: log σ²'s
/// weights, where a batch is one image.
#[cfg(feature = "gpu")]
const GPU_ROUNDING: f64 = 7.5e-6;

/// How far apart they may have drifted in a hundred steps, as a share likewise: once two units
/// differ by rounding, a unit near 0 is active for an image in one engine alone, and what that
/// adds to one gradient feeds the next. Five times what was measured, for it is chance.
const DRIFT: f64 = 1e-2;

fn config(objective: Objective, reconstruction: Reconstruction, beta: f64) -> TrainConfig {
    TrainConfig { objective, reconstruction, beta, seed: 11, ..TrainConfig::default() }
}

/// What is minimised in each case.
const CASES: [(&str, Objective, Reconstruction, f64); 5] = [
    ("the ELBO", Objective::Elbo, Reconstruction::SquaredError, 1.0),
    ("the ELBO with four times the KL", Objective::Elbo, Reconstruction::SquaredError, 4.0),
    ("the tutorial's cost", Objective::Tutorial, Reconstruction::SquaredError, 1.0),
    ("an autoencoder", Objective::Autoencoder, Reconstruction::SquaredError, 1.0),
    ("Bernoulli pixels", Objective::Elbo, Reconstruction::Bernoulli, 1.0),
];

/// Claims of an engine that `$make` makes for a [`Case`], in a module called `$engine`; gradients
/// agree to `$rounding`.
macro_rules! agrees {
    ($engine:ident, $make:expr, $rounding:expr) => {
        mod $engine {
            use super::*;

            #[test]
            fn gradients_agree() {
                each_case(|case| super::gradients_agree(case, $make(case), $rounding));
            }

            #[test]
            fn one_step_agrees() {
                each_case(|case| super::one_step_agrees(case, $make(case), $rounding));
            }

            #[test]
            fn a_hundred_steps_agree() {
                each_case(|case| super::a_hundred_steps_agree(case, $make(case)));
            }

            #[test]
            fn takes_over_from_another_in_the_middle_of_its_own_run() {
                each_case(|case| super::takes_over(case, $make(case), $make(case)));
            }
        }
    };
}

agrees!(the_cpu_engine, Case::cpu, ROUNDING);
#[cfg(feature = "gpu")]
agrees!(the_webgpu_engine, Case::webgpu, GPU_ROUNDING);

fn each_case(claim: impl Fn(&Case)) {
    for (name, objective, reconstruction, beta) in CASES {
        let config = config(objective, reconstruction, beta);
        for (hidden, batch_size) in HIDDEN.map(|h| BATCHES.map(|b| (h, b))).concat() {
            claim(&Case::new(name, TrainConfig { hidden, batch_size, ..config.clone() }));
        }
    }
}

fn gradients_agree(case: &Case, mut engine: impl Engine, rounding: f64) {
    let batch = case.batch(0);
    let settings = StepSettings::new(&case.config, 0);
    let ours = block_on(engine.gradient(&case.images, &batch, &settings)).expect("a device");
    let mut reference = case.autodiff();
    let theirs = block_on(reference.gradient(&case.images, &batch, &settings)).expect("a device");
    case.close_by_tensor("gradient", &ours, &theirs, rounding);
}

fn one_step_agrees(case: &Case, engine: impl Engine, rounding: f64) {
    let (ours, our_losses) = case.train(engine, 0..1);
    let (theirs, their_losses) = case.train(case.autodiff(), 0..1);
    case.losses_close(our_losses, their_losses);
    case.close_by_tensor("first moment", &ours.first_moment, &theirs.first_moment, rounding);
    // A square is off by twice as much as what was squared.
    let (our_squares, their_squares) = (&ours.second_moment, &theirs.second_moment);
    case.close_by_tensor("second moment", our_squares, their_squares, 2.0 * rounding);
    case.weights_close(&ours, &theirs, 1, rounding);
}

fn a_hundred_steps_agree(case: &Case, engine: impl Engine) {
    let (ours, our_losses) = case.train(engine, 0..100);
    let (theirs, their_losses) = case.train(case.autodiff(), 0..100);
    case.losses_close(our_losses, their_losses);
    case.weights_close(&ours, &theirs, 100, DRIFT);
}

/// What it had come to by itself, queued steps and losses included, leaves no trace.
fn takes_over(case: &Case, mut engine: impl Engine, mut fresh: impl Engine) {
    let (half, _) = case.train(case.cpu(), 0..3);
    fresh.restore(half.clone());
    case.steps(&mut engine, 20..22);
    engine.restore(half);
    assert_eq!(case.train(engine, 3..6), case.train(fresh, 3..6), "{}", case.name);
}

fn small() -> Case {
    let config = config(Objective::Elbo, Reconstruction::SquaredError, 1.0);
    Case::new("elbo", TrainConfig { hidden: 37, batch_size: 7, ..config })
}

#[test]
fn a_snapshot_goes_on_as_if_training_had_never_stopped() {
    let case = small();
    let (whole, _) = case.train(case.autodiff(), 0..20);
    let (half, _) = case.train(case.autodiff(), 0..10);
    assert_eq!(half.updates, 10);
    let engine = AutodiffEngine::new(case.layout.clone(), half, Device::flex());
    assert_eq!(case.train(engine, 10..20).0, whole);
}

#[test]
fn the_cpu_engine_takes_over_from_the_other() {
    let case = small();
    let (whole, _) = case.train(case.autodiff(), 0..20);
    let (half, _) = case.train(case.autodiff(), 0..10);
    let engine = CpuEngine::new(case.layout.clone(), half);
    case.weights_close(&case.train(engine, 10..20).0, &whole, 10, DRIFT);
}

#[test]
fn a_learning_rate_and_a_beta_changed_between_steps_count_at_once() {
    let mut case = small();
    let (start, _) = case.train(case.autodiff(), 0..10);
    case.config = TrainConfig { learning_rate: 1e-2, beta: 3.0, ..case.config };
    let ours = CpuEngine::new(case.layout.clone(), start.clone());
    let theirs = AutodiffEngine::new(case.layout.clone(), start, Device::flex());
    let (ours, our_losses) = case.train(ours, 10..11);
    let (theirs, their_losses) = case.train(theirs, 10..11);
    case.losses_close(our_losses, their_losses);
    case.weights_close(&ours, &theirs, 1, DRIFT);
}

#[test]
fn losses_are_those_since_the_last_look() {
    let case = small();
    let mut engine = case.autodiff();
    assert_eq!(block_on(engine.take_losses()), Ok(StepLosses::default()));
    case.steps(&mut engine, 0..3);
    let first = block_on(engine.take_losses()).expect("a device");
    assert_eq!((first.steps, first.sums.images), (3, 21));
    case.steps(&mut engine, 3..4);
    let second = block_on(engine.take_losses()).expect("a device");
    assert_eq!((second.steps, second.sums.images), (1, 7));
    // The ELBO's cost is the batch's mean, so for a single step it is the mean that was summed.
    close("cost of one step", second.last_cost, second.sums.mean_total(), LOSS);
    assert_eq!(block_on(engine.take_losses()), Ok(StepLosses::default()));
}

#[cfg(feature = "gpu")]
mod the_webgpu_engine_alone {
    use super::*;

    #[test]
    fn a_large_batch_agrees() {
        let config = config(Objective::Elbo, Reconstruction::SquaredError, 1.0);
        // The widest that the page offers, too.
        for hidden in [72, 1024] {
            let config = TrainConfig { hidden, batch_size: 1024, ..config.clone() };
            let case = Case::new("the ELBO", config);
            gradients_agree(&case, case.webgpu(), GPU_ROUNDING);
        }
    }

    #[test]
    fn steps_of_one_order_are_the_same_however_they_are_grouped() {
        let case = small();
        let order: Order = (0..IMAGES as u32).rev().collect();
        let run = |groups: &[u32]| {
            let mut engine = case.webgpu();
            let mut step = 0;
            for &group in groups {
                for _ in 0..group {
                    let first = step as usize * 7;
                    let batch = Batch::new(Order::clone(&order), first..first + 7);
                    let settings = StepSettings::new(&case.config, step);
                    engine.step(&case.images, &batch, &settings);
                    step += 1;
                }
                engine.submit();
            }
            let losses = block_on(engine.take_losses()).expect("a device");
            (losses, block_on(engine.snapshot()).expect("a device"))
        };
        assert_eq!(run(&[1; 23]), run(&[23]));
    }

    #[test]
    fn a_look_at_the_losses_or_the_weights_loses_neither() {
        let case = small();
        let mut engine = case.webgpu();
        case.steps(&mut engine, 0..3);
        let weights = block_on(engine.weights()).expect("a device");
        let losses = block_on(engine.take_losses()).expect("a device");
        assert_eq!((losses.steps, losses.sums.images), (3, 21));
        case.steps(&mut engine, 3..4);
        assert_eq!(block_on(engine.take_losses()).expect("a device").steps, 1);
        assert_ne!(block_on(engine.weights()).expect("a device"), weights);
        assert_eq!(block_on(engine.take_losses()), Ok(StepLosses::default()));
    }

    #[test]
    fn the_ring_is_full_after_so_many_steps_and_empty_after_a_look() {
        let case = small();
        let mut engine = case.webgpu();
        let room = engine.room();
        case.steps(&mut engine, 0..2);
        assert_eq!(engine.room(), room - 2);
        block_on(engine.take_losses()).expect("a device");
        assert_eq!(engine.room(), room);
    }

    #[test]
    fn a_learning_rate_and_a_beta_changed_between_steps_count_at_once() {
        let mut case = small();
        let (start, _) = case.train(case.autodiff(), 0..10);
        case.config = TrainConfig { learning_rate: 1e-2, beta: 3.0, ..case.config };
        let client = cubecl::Device::default().client();
        let ours = WebGpuEngine::new(case.layout.clone(), start.clone(), client);
        let theirs = CpuEngine::new(case.layout.clone(), start);
        let (ours, our_losses) = case.train(ours, 10..12);
        let (theirs, their_losses) = case.train(theirs, 10..12);
        case.losses_close(our_losses, their_losses);
        case.weights_close(&ours, &theirs, 2, DRIFT);
    }

    #[test]
    fn a_loss_changed_between_steps_counts_at_once() {
        let mut case = small();
        let (mut ours, mut theirs) = (case.webgpu(), case.cpu());
        case.steps(&mut ours, 0..3);
        case.steps(&mut theirs, 0..3);
        case.config.reconstruction = Reconstruction::Bernoulli;
        let (ours, our_losses) = case.train(ours, 3..5);
        let (theirs, their_losses) = case.train(theirs, 3..5);
        case.losses_close(our_losses, their_losses);
        case.weights_close(&ours, &theirs, 5, DRIFT);
    }

    #[test]
    fn a_gradient_between_steps_changes_none_of_them() {
        let case = small();
        let mut engine = case.webgpu();
        case.steps(&mut engine, 0..3);
        let settings = StepSettings::new(&case.config, 9);
        block_on(engine.gradient(&case.images, &case.batch(9), &settings)).expect("a device");
        case.steps(&mut engine, 3..5);
        let (whole, losses) = case.train(case.webgpu(), 0..5);
        assert_eq!(block_on(engine.take_losses()), Ok(losses));
        case.weights_close(&block_on(engine.snapshot()).expect("a device"), &whole, 5, ROUNDING);
    }

    #[test]
    fn warming_up_changes_nothing() {
        let case = small();
        let mut engine = case.webgpu();
        case.steps(&mut engine, 0..3);
        let before = block_on(engine.snapshot());
        let batch = case.batch(3).rows().len();
        assert_eq!(engine.warm_up(batch, case.config.reconstruction), Ok(()));
        assert_eq!(block_on(engine.snapshot()), before);
        assert_eq!(block_on(engine.take_losses()).map(|losses| losses.steps), Ok(3));
    }
}
