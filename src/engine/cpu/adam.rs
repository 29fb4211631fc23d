//! Adam, in one pass over the flat buffers.

use arithmetic::lanes::{self, Lanes};

use crate::engine::{ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON, TrainState};

/// One update of every weight.
///
///   m ← β₁ m + (1 − β₁) g
///   v ← β₂ v + (1 − β₂) g²
///   θ ← θ − η m̂ / (√v̂ + ε),   m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
///
/// Kingma & Ba 2015, algorithm 1.
pub fn update(state: &mut TrainState, gradient: &[f32], learning_rate: f32) {
    state.updates += 1;
    let correction = |decay: f32| 1.0 - f64::from(decay).powi(state.updates as i32);
    let step_size = (f64::from(learning_rate) / correction(ADAM_BETA_1)) as f32;
    let scale = (1.0 / correction(ADAM_BETA_2).sqrt()) as f32;
    let targets = [
        state.weights.as_mut_slice(),
        state.first_moment.as_mut_slice(),
        state.second_moment.as_mut_slice(),
    ];
    let [beta_1, beta_2] = [ADAM_BETA_1, ADAM_BETA_2].map(Lanes::splat);
    let [rest_1, rest_2] = [Lanes::ONE - beta_1, Lanes::ONE - beta_2];
    let [step_size, scale, epsilon] = [step_size, scale, ADAM_EPSILON].map(Lanes::splat);
    lanes::transform(targets, [gradient], |[weight, m, v], [g]| {
        let m = m * beta_1 + g * rest_1;
        let v = v * beta_2 + g * g * rest_2;
        [weight - m * step_size / (v.sqrt() * scale + epsilon), m, v]
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_learning_rate_against_the_gradients_sign() {
        let mut state = TrainState::fresh(vec![1.0, 1.0, 1.0]);
        update(&mut state, &[5.0, -0.001, 0.0], 0.01);
        for (weight, expected) in state.weights.iter().zip([0.99, 1.01, 1.0]) {
            assert!((weight - expected).abs() < 2e-7, "{weight} vs {expected}");
        }
    }

    #[test]
    fn the_second_step_by_hand() {
        let mut state = TrainState::fresh(vec![0.0]);
        update(&mut state, &[1.0], 0.1);
        update(&mut state, &[3.0], 0.1);
        // m̂ = (0.9·0.1 + 0.1·3) / 0.19, v̂ = (0.999·0.001 + 0.001·9) / 0.001999
        let expected = -0.1 - 0.1 * (0.39 / 0.19) / (0.009999_f64 / 0.001999).sqrt();
        assert!((f64::from(state.weights[0]) - expected).abs() < 1e-6);
    }
}
