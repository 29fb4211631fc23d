//! Random numbers that are a function of their place: (seed, stream, step, row) in, numbers out.
//!
//! Nothing is remembered between calls, so a run can be paused, handed to another engine or
//! split over threads, and every ε is still the same number. The generator is Philox4x32-10
//! (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"), which
//! uses 32-bit integer arithmetic only and so gives the same words on every device; normals
//! are Box & Muller's (1958), with `libm`'s logarithm and sine on every target for the same
//! reason.

use crate::config::LATENT;

/// Which use a number is for; each stream is independent of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// ε of the training steps.
    Noise = 0,
    /// Initial weights.
    Initialisation = 1,
    /// Order of the training images.
    Shuffle = 2,
    /// ε of evaluations and of the scatter, which must not move training's.
    Evaluation = 3,
}

/// Philox4x32-10: four random words for a counter of four words and a key of two.
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    // Multipliers and Weyl increments from the paper's reference implementation, Random123.
    const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
    const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
    for _ in 0..10 {
        let low = u64::from(counter[0]) * u64::from(MULTIPLIERS[0]);
        let high = u64::from(counter[2]) * u64::from(MULTIPLIERS[1]);
        counter = [
            (high >> 32) as u32 ^ counter[1] ^ key[0],
            high as u32,
            (low >> 32) as u32 ^ counter[3] ^ key[1],
            low as u32,
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// Four words for one place of one stream.
pub fn words(seed: u32, stream: Stream, step: u32, row: u32) -> [u32; 4] {
    philox([row, step, stream as u32, 0], [seed, 0])
}

/// A word as a number above 0 and at most 1: the middles of 2²⁴ equal cells, so that the
/// logarithm below never sees 0. Above one half an f32 cannot hold a middle and it is rounded
/// to even, the same way everywhere; the last cell's is 1, which only makes a radius 0.
pub fn uniform(word: u32) -> f32 {
    ((word >> 8) as f32 + 0.5) * (1.0 / 16_777_216.0)
}

/// Two independent standard normals from two words:
///
///   r = √(−2 ln u₀),   (r cos 2πu₁, r sin 2πu₁)      Box & Muller 1958
pub fn normal_pair(first: u32, second: u32) -> [f32; 2] {
    let radius = libm::sqrtf(-2.0 * libm::logf(uniform(first)));
    let (sine, cosine) = libm::sincosf(core::f32::consts::TAU * uniform(second));
    [radius * cosine, radius * sine]
}

/// ε for one image: a standard normal a latent dimension.
///
/// # Shapes
/// - returns `[latent]`
pub fn epsilon(seed: u32, stream: Stream, step: u32, row: u32) -> [f32; LATENT] {
    let [first, second, ..] = words(seed, stream, step, row);
    normal_pair(first, second)
}

/// Puts `items` in an order decided by (seed, step): Fisher & Yates, drawing position `i`'s
/// partner from row `i`. A word times the range, high half, is biased by at most
/// range / 2³², below 2 in 100,000 here.
pub fn shuffle<T>(items: &mut [T], seed: u32, step: u32) {
    for last in (1..items.len()).rev() {
        let [word, ..] = words(seed, Stream::Shuffle, step, last as u32);
        let partner = (u64::from(word) * (last as u64 + 1)) >> 32;
        items.swap(last, partner as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_known_answers_of_random123() {
        let known = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in known {
            assert_eq!(philox(counter, key), expected);
        }
    }

    #[test]
    fn epsilon_is_standard_normal_and_its_dimensions_are_independent() {
        let draws: Vec<_> =
            (0..100_000).map(|row| epsilon(1, Stream::Noise, row / 128, row % 128)).collect();
        let mean_of = |f: &dyn Fn(&[f32; 2]) -> f32| {
            draws.iter().map(|draw| f64::from(f(draw))).sum::<f64>() / draws.len() as f64
        };
        // Five standard errors of 100,000 draws: 0.016 for a mean, 0.022 for a variance.
        assert!(mean_of(&|e| e[0]).abs() < 0.016);
        assert!(mean_of(&|e| e[1]).abs() < 0.016);
        assert!((mean_of(&|e| e[0] * e[0]) - 1.0).abs() < 0.023);
        assert!((mean_of(&|e| e[1] * e[1]) - 1.0).abs() < 0.023);
        assert!(mean_of(&|e| e[0] * e[1]).abs() < 0.016);
        // A normal's fourth moment is 3; its estimate's standard error here is 0.031.
        assert!((mean_of(&|e| e[0].powi(4)) - 3.0).abs() < 0.16);
    }

    #[test]
    fn epsilon_is_finite_at_the_ends_of_the_words_range() {
        for word in [0, 1, u32::MAX - 1, u32::MAX] {
            assert!(normal_pair(word, word).iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn a_shuffle_is_a_permutation_that_its_seed_and_step_decide() {
        let shuffled = |seed, step| {
            let mut items: Vec<u32> = (0..1000).collect();
            shuffle(&mut items, seed, step);
            items
        };
        let mut sorted = shuffled(1, 0);
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..1000));
        assert_eq!(shuffled(1, 0), shuffled(1, 0));
        assert_ne!(shuffled(1, 0), shuffled(2, 0));
        assert_ne!(shuffled(1, 0), shuffled(1, 1));
    }

    #[test]
    fn each_place_of_a_short_shuffle_is_equally_likely() {
        let mut counts = [[0_u32; 4]; 4];
        for step in 0..40_000 {
            let mut items = [0, 1, 2, 3];
            shuffle(&mut items, 3, step);
            items.iter().enumerate().for_each(|(place, &item)| counts[place][item] += 1);
        }
        // 10,000 expected in each cell, standard deviation 87; five of them.
        assert!(counts.as_flattened().iter().all(|&count| count.abs_diff(10_000) < 435));
    }
}
