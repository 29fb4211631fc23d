//! Arithmetic on eight numbers at a time.
//!
//! The core module is compiled for size, and then the compiler turns no loop into vector
//! instructions by itself. These few functions do, on every target alike. Nor does it lift
//! what does not change out of a closure: callers make their constants [`Lanes`] beforehand.

pub use wide::f32x8 as Lanes;

/// Numbers in a [`Lanes`].
pub const LANES: usize = 8;

/// Replaces the values of `targets` by what `work` makes of them and of those of `sources`,
/// place by place. What is left over after the last whole eight is padded with zeros.
///
/// # Panics
/// When the slices differ in length.
#[inline(always)]
pub fn transform<const T: usize, const S: usize>(
    targets: [&mut [f32]; T],
    sources: [&[f32]; S],
    work: impl Fn([Lanes; T], [Lanes; S]) -> [Lanes; T],
) {
    let length = targets[0].len();
    assert!(targets.iter().all(|target| target.len() == length), "equal lengths");
    assert!(sources.iter().all(|source| source.len() == length), "equal lengths");
    let targets = targets.map(|target| target.as_chunks_mut::<LANES>());
    let sources = sources.map(|source| source.as_chunks::<LANES>());
    for index in 0..length / LANES {
        let old = core::array::from_fn(|t| Lanes::from(targets[t].0[index]));
        let with = core::array::from_fn(|s| Lanes::from(sources[s].0[index]));
        let new = work(old, with);
        for t in 0..T {
            targets[t].0[index] = new[t].to_array();
        }
    }
    if !length.is_multiple_of(LANES) {
        let old = core::array::from_fn(|t| padded(targets[t].1));
        let with = core::array::from_fn(|s| padded(sources[s].1));
        let new = work(old, with);
        for t in 0..T {
            let rest = length % LANES;
            targets[t].1.copy_from_slice(&new[t].to_array()[..rest]);
        }
    }
}

/// The sum of what `work` makes of two slices, place by place; zeros must make zero, since the
/// rest after the last whole eight is padded with them, or be taken off by the caller.
///
/// # Panics
/// When the slices differ in length.
#[inline(always)]
pub fn sum(left: &[f32], right: &[f32], work: impl Fn(Lanes, Lanes) -> Lanes) -> f32 {
    assert_eq!(left.len(), right.len(), "equal lengths");
    let (lefts, left_rest) = left.as_chunks::<LANES>();
    let (rights, right_rest) = right.as_chunks::<LANES>();
    let mut sum = Lanes::ZERO;
    for (&left, &right) in lefts.iter().zip(rights) {
        sum += work(Lanes::from(left), Lanes::from(right));
    }
    if !left_rest.is_empty() {
        sum += work(padded(left_rest), padded(right_rest));
    }
    sum.reduce_add()
}

fn padded(values: &[f32]) -> Lanes {
    let mut lanes = [0.0; LANES];
    lanes[..values.len()].copy_from_slice(values);
    Lanes::from(lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_worked_on_once_whatever_the_length() {
        for length in [1, 7, 8, 9, 16, 37] {
            let source: Vec<f32> = (0..length).map(|i| i as f32).collect();
            let mut target = vec![1.0; length as usize];
            transform([&mut target], [&source], |[t], [s]| [t + s * s]);
            let expected: Vec<f32> = (0..length).map(|i| (1 + i * i) as f32).collect();
            assert_eq!(target, expected, "{length}");
            let total = sum(&source, &source, |l, r| l * r);
            let expected: f32 = (0..length).map(|i| (i * i) as f32).sum();
            assert_eq!(total, expected, "{length}");
        }
    }

    #[test]
    #[should_panic(expected = "equal lengths")]
    fn slices_of_different_lengths_are_refused() {
        transform([&mut [0.0; 9]], [&[0.0; 8]], |[t], [s]| [t + s]);
    }
}
