//! Where an axis is labelled, and how its numbers are written.

use super::{Axes, Plane};
use crate::json::decimal;

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The latent coordinate, as it is written.
    pub value: String,
    /// Where it lies, 0 to 1 from left to right.
    pub at: f64,
}

impl Plane {
    /// Ticks of the horizontal axis (`axis` 0, from left) or the vertical one (1, from top).
    pub fn ticks(&self, axis: usize) -> Vec<Tick> {
        let values = match self.axes {
            Axes::Phi => vec![-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0],
            Axes::Sigma => self.round_values(axis),
        };
        let place = |value: f64| self.to_unit([value, value])[axis];
        values.into_iter().map(|value| Tick { value: written(value), at: place(value) }).collect()
    }

    /// Multiples of 1, 2 or 5 times a power of ten in view, five to ten of them.
    fn round_values(&self, axis: usize) -> Vec<f64> {
        let rough = self.half_width / 3.0;
        let power = 10_f64.powi(libm::log10(rough).floor() as i32);
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * power);
        let low = ((self.center[axis] - self.half_width) / step).ceil() as i64;
        let high = ((self.center[axis] + self.half_width) / step).floor() as i64;
        (low..=high).map(|multiple| multiple as f64 * step).collect()
    }
}

/// A tick's number to three decimals, without the noise of binary fractions and with a true
/// minus sign.
fn written(value: f64) -> String {
    let thousandths = (value * 1000.0).round() as i64;
    let sign = if thousandths < 0 { "−" } else { "" };
    format!("{sign}{}", decimal(thousandths.unsigned_abs(), 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sigma() -> Plane {
        Plane { axes: Axes::Sigma, ..Plane::default() }
    }

    #[test]
    fn ticks_are_round_numbers_in_view() {
        let labels: Vec<_> = sigma().ticks(0).into_iter().map(|tick| tick.value).collect();
        assert_eq!(labels, ["−3", "−2", "−1", "0", "1", "2", "3"]);
        assert_eq!([-0.05, 0.025, 12.0, -0.0004].map(written), ["−0.05", "0.025", "12", "0"]);
        let mut zoomed = sigma();
        zoomed.zoom(30.0, [0.5, 0.5]);
        assert!(zoomed.ticks(1).iter().all(|tick| tick.value.len() <= 7), "{:?}", zoomed.ticks(1));
        assert!((4..=11).contains(&zoomed.ticks(0).len()));
    }
}
