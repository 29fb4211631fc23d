//! The latent plane: the one place that converts between latent points and the picture.

mod ticks;

pub use self::ticks::Tick;

use statrs::function::erf::{erf, erf_inv};

use crate::config::LATENT;

/// Tiles a side of the tutorial's manifold, whose ends are the 5 % and 95 % quantiles.
const QUANTILE_ENDS: [f64; 2] = [0.05, 0.95];
/// Half the side of the σ window when it is reset, in latent units: 99.7 % of the prior.
const HALF_WIDTH: f64 = 3.0;
/// How far in and out the σ window zooms; beyond, tiles and ticks say nothing.
const HALF_WIDTHS: [f64; 2] = [0.05, 50.0];
/// The farthest latent coordinate that Φ axes reach: Φ(3.1) is 0.999, a pixel from the edge.
const PHI_REACH: f64 = 3.1;
/// Segments of a drawn ellipse; at 64 a chord of the largest plane strays 0.6 pixels.
const SEGMENTS: usize = 96;

/// How a latent coordinate is laid out along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Evenly, in units of the prior's standard deviation σ.
    Sigma,
    /// By the prior's distribution function Φ: equal areas hold equal prior mass.
    Phi,
}

/// What part of the latent plane is in view, and how.
///
/// ```text
///   latent, z₂ up                     unit, y down
///      +w ┌─────────┐            (0,0) ┌─────────┐
///         │    ·c   │   to_unit ──▶    │ (½,½)·  │
///      −w └─────────┘   ◀── to_latent  └─────────┘ (1,1)
///        −w         +w
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// How coordinates are laid out.
    pub axes: Axes,
    center: [f64; LATENT],
    half_width: f64,
}

impl Default for Plane {
    fn default() -> Self {
        Self { axes: Axes::Phi, center: [0.0; LATENT], half_width: HALF_WIDTH }
    }
}

impl Plane {
    /// A latent point as a place in the unit square; outside it where it is out of view.
    pub fn to_unit(&self, z: [f64; LATENT]) -> [f64; 2] {
        let along = |axis: usize| match self.axes {
            Axes::Sigma => 0.5 + (z[axis] - self.center[axis]) / (2.0 * self.half_width),
            Axes::Phi => normal_cdf(z[axis]),
        };
        [along(0), 1.0 - along(1)]
    }

    /// A place in the unit square as a latent point; on Φ axes at most ±3.1.
    pub fn to_latent(&self, [x, y]: [f64; 2]) -> [f64; LATENT] {
        let along = |axis: usize, unit: f64| match self.axes {
            Axes::Sigma => self.center[axis] + (unit - 0.5) * 2.0 * self.half_width,
            Axes::Phi => normal_quantile(unit).clamp(-PHI_REACH, PHI_REACH),
        };
        [along(0, x), along(1, 1.0 - y)]
    }

    /// Makes what is at `[x, y]` `factor` times larger, keeping it where it is. σ axes only.
    pub fn zoom(&mut self, factor: f64, [x, y]: [f64; 2]) {
        if self.axes != Axes::Sigma || !(factor.is_finite() && factor > 0.0) {
            return;
        }
        let fixed = self.to_latent([x, y]);
        self.half_width = (self.half_width / factor).clamp(HALF_WIDTHS[0], HALF_WIDTHS[1]);
        let moved = self.to_latent([x, y]);
        for axis in 0..LATENT {
            self.center[axis] += fixed[axis] - moved[axis];
        }
    }

    /// Moves the picture by a share of its side, right and down. σ axes only.
    pub fn pan(&mut self, [x, y]: [f64; 2]) {
        if self.axes == Axes::Sigma && x.is_finite() && y.is_finite() {
            self.center[0] -= x * 2.0 * self.half_width;
            self.center[1] += y * 2.0 * self.half_width;
        }
    }

    /// Back to the middle of the prior, ±3σ.
    pub fn reset_view(&mut self) {
        *self = Self { axes: self.axes, ..Self::default() };
    }

    /// The latent points of an `n` × `n` manifold, row by row from the top left. On Φ axes the
    /// tutorial's quantiles; on σ axes even steps across the window.
    ///
    /// # Shapes
    /// - returns `[n · n, 2]`
    pub fn grid(&self, n: usize) -> Vec<f32> {
        let along = |axis: usize| -> Vec<f64> {
            match self.axes {
                Axes::Phi => quantile_grid(n),
                Axes::Sigma => (0..n)
                    .map(|i| (2.0 * (i as f64 + 0.5) / n as f64 - 1.0) * self.half_width)
                    .map(|offset| self.center[axis] + offset)
                    .collect(),
            }
        };
        let (columns, rows) = (along(0), along(1));
        let points = rows.iter().rev().flat_map(|z2| columns.iter().map(move |z1| [*z1, *z2]));
        points.flatten().map(|coordinate| coordinate as f32).collect()
    }

    /// The part of the unit square that the `n` × `n` tiles fill, `[left, top, right, bottom]`.
    /// On Φ axes a tile is centred on its quantile, so the outermost end before the edge.
    pub fn grid_extent(&self, n: usize) -> [f64; 4] {
        match self.axes {
            Axes::Sigma => [0.0, 0.0, 1.0, 1.0],
            Axes::Phi => {
                let [low, high] = QUANTILE_ENDS;
                let half_tile = (high - low) / (2.0 * n.saturating_sub(1).max(1) as f64);
                let (start, end) = (low - half_tile, high + half_tile);
                [start, start, end, end]
            }
        }
    }

    /// The ellipse `k` standard deviations around a posterior's mean, at true scale, as a
    /// closed line of unit points.
    ///
    /// # Shapes
    /// - `mean`, `log_var`: one image's
    /// - returns `[points, 2]`
    pub fn ellipse(&self, mean: [f64; LATENT], log_var: [f64; LATENT], k: f64) -> Vec<f32> {
        let radius = log_var.map(|log_var| k * libm::exp(0.5 * log_var));
        let turn = core::f32::consts::TAU;
        (0..=SEGMENTS)
            .flat_map(|i| {
                // The last point is the first again: i modulo SEGMENTS closes the line exactly.
                let (sine, cosine) = libm::sincosf(turn * (i % SEGMENTS) as f32 / SEGMENTS as f32);
                let z = [
                    mean[0] + radius[0] * f64::from(cosine),
                    mean[1] + radius[1] * f64::from(sine),
                ];
                self.to_unit(z).map(|coordinate| coordinate as f32)
            })
            .collect()
    }
}

/// The tutorial's axis, `norm.ppf(linspace(0.05, 0.95, n))`.
pub fn quantile_grid(n: usize) -> Vec<f64> {
    let [low, high] = QUANTILE_ENDS;
    let step = (high - low) / n.saturating_sub(1).max(1) as f64;
    (0..n).map(|i| normal_quantile(low + step * i as f64)).collect()
}

/// Φ, the standard normal's distribution function: ½ (1 + erf(z/√2)).
fn normal_cdf(z: f64) -> f64 {
    0.5 * (1.0 + erf(z * core::f64::consts::FRAC_1_SQRT_2))
}

/// Φ⁻¹, the standard normal's quantile: √2 erf⁻¹(2p − 1); infinite at 0 and 1 and beyond.
fn normal_quantile(p: f64) -> f64 {
    core::f64::consts::SQRT_2 * erf_inv((2.0 * p - 1.0).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sigma() -> Plane {
        Plane { axes: Axes::Sigma, ..Plane::default() }
    }

    fn close(left: [f64; 2], right: [f64; 2], tolerance: f64) -> bool {
        left.iter().zip(right).all(|(l, r)| (l - r).abs() <= tolerance)
    }

    #[test]
    fn the_prior_is_in_the_middle_and_z2_points_up() {
        for plane in [sigma(), Plane::default()] {
            assert!(close(plane.to_unit([0.0, 0.0]), [0.5, 0.5], 1e-12));
            let [x, y] = plane.to_unit([1.0, 1.0]);
            assert!(x > 0.5 && y < 0.5);
        }
    }

    #[test]
    fn converting_there_and_back_changes_nothing() {
        let mut zoomed = sigma();
        zoomed.zoom(3.0, [0.2, 0.9]);
        for plane in [sigma(), Plane::default(), zoomed] {
            for z in [[0.0, 0.0], [-2.9, 1.3], [0.01, 2.2]] {
                // erf and its inverse are good to about 1e-10 here.
                assert!(close(plane.to_latent(plane.to_unit(z)), z, 1e-8), "{plane:?} {z:?}");
            }
        }
    }

    #[test]
    fn phi_axes_give_equal_areas_to_equal_prior_mass() {
        let plane = Plane::default();
        // Φ(1) = 0.841344746, from tables.
        assert!((plane.to_unit([1.0, 0.0])[0] - 0.841_344_746).abs() < 1e-9);
        assert_eq!(plane.to_latent([0.0, 0.0]), [-3.1, 3.1]);
        assert_eq!(plane.to_latent([-5.0, 5.0]), [-3.1, -3.1]);
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let mut plane = sigma();
        let before = plane.to_latent([0.3, 0.8]);
        plane.zoom(2.5, [0.3, 0.8]);
        assert!(close(plane.to_latent([0.3, 0.8]), before, 1e-12));
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let same = plane.clone();
            plane.zoom(factor, [0.5, 0.5]);
            assert_eq!(plane, same);
        }
    }

    #[test]
    fn zoom_has_ends_and_reset_returns() {
        let mut plane = sigma();
        (0..100).for_each(|_| plane.zoom(2.0, [0.1, 0.1]));
        assert_eq!(plane.half_width, HALF_WIDTHS[0]);
        (0..100).for_each(|_| plane.zoom(0.5, [0.1, 0.1]));
        assert_eq!(plane.half_width, HALF_WIDTHS[1]);
        plane.reset_view();
        assert_eq!(plane, sigma());
    }

    #[test]
    fn panning_moves_what_is_seen_with_the_hand() {
        let mut plane = sigma();
        let grabbed = plane.to_latent([0.25, 0.25]);
        plane.pan([0.5, 0.25]);
        assert!(close(plane.to_latent([0.75, 0.5]), grabbed, 1e-12));
    }

    #[test]
    fn a_grid_starts_at_the_top_left_and_tiles_sit_on_their_points() {
        for plane in [sigma(), Plane::default()] {
            let (n, grid) = (15, plane.grid(15));
            assert_eq!(grid.len(), n * n * 2);
            let [left, top, right, bottom] = plane.grid_extent(n);
            for (index, z) in grid.chunks(2).enumerate() {
                let middle = |start: f64, end: f64, i: usize| {
                    start + (end - start) * (i as f64 + 0.5) / n as f64
                };
                let expected = [middle(left, right, index % n), middle(top, bottom, index / n)];
                let at = plane.to_unit([f64::from(z[0]), f64::from(z[1])]);
                assert!(close(at, expected, 1e-6), "{index}: {at:?} vs {expected:?}");
            }
        }
    }

    #[test]
    fn an_ellipse_is_k_standard_deviations_wide() {
        let plane = sigma();
        // log σ² = ln 0.25: σ = ½, so 2σ reach 1 to each side of the mean, 1/6 of the window.
        let points = plane.ellipse([1.0, 0.0], [0.25_f64.ln(), -50.0], 2.0);
        let xs = points.chunks(2).map(|point| point[0]);
        let (low, high) = xs.fold((1.0_f32, 0.0_f32), |(low, high), x| (low.min(x), high.max(x)));
        assert!((high - low - 2.0 / 6.0).abs() < 1e-6);
        assert_eq!(points[..2], points[points.len() - 2..], "closed");
    }
}
