//! The codes of labelled images, and what they say about a point of the plane.

use crate::config::LATENT;

/// What one step of a packed code is worth: 0.001, and ±32.767 the range. The codes of every
/// preset lie within ±15; a thousandth is below a pixel of the largest plane.
pub const CODE_UNIT: f32 = 0.001;

/// Codes with the digits that they are codes of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Codes {
    codes: Vec<f32>,
    labels: Vec<u8>,
}

impl Codes {
    /// Codes and as many labels; where one has more, the rest of it is left out.
    pub fn new(mut codes: Vec<f32>, mut labels: Vec<u8>) -> Self {
        let count = labels.len().min(codes.len() / LATENT);
        codes.truncate(count * LATENT);
        labels.truncate(count);
        Self { codes, labels }
    }

    /// Reads the packed form: pairs of little-endian i16 in steps of [`CODE_UNIT`], then a
    /// label byte for each pair. None when the length fits no number of codes or a label is
    /// above 9.
    pub fn from_packed(bytes: &[u8]) -> Option<Self> {
        let count = bytes.len() / 5;
        let (codes, labels) = bytes.split_at_checked(count * 4)?;
        if bytes.len() != count * 5 || labels.iter().any(|&label| label > 9) {
            return None;
        }
        let steps = codes.as_chunks().0.iter();
        let codes = steps.map(|&step| f32::from(i16::from_le_bytes(step)) * CODE_UNIT).collect();
        Some(Self { codes, labels: labels.to_vec() })
    }

    /// The packed form; codes beyond its range are put at its edge.
    pub fn to_packed(&self) -> Vec<u8> {
        let steps = self.codes.iter().map(|code| (code / CODE_UNIT).round() as i16);
        steps.flat_map(i16::to_le_bytes).chain(self.labels.iter().copied()).collect()
    }

    /// The codes, `[count, 2]`.
    pub fn codes(&self) -> &[f32] {
        &self.codes
    }

    /// The labels, `[count]`.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// How many of the `k` codes nearest to a point belong to each digit.
    pub fn vote(&self, point: [f32; LATENT], k: usize) -> [u32; 10] {
        let mut votes = [0; 10];
        for index in self.nearest(point, k) {
            votes[usize::from(self.labels[index])] += 1;
        }
        votes
    }

    /// The `k` codes nearest to a point, nearest first: a short sorted list that most codes
    /// are too far away to enter.
    pub fn nearest(&self, point: [f32; LATENT], k: usize) -> Vec<usize> {
        let mut nearest: Vec<(f32, usize)> = Vec::with_capacity(k + 1);
        for (index, code) in self.codes.as_chunks::<LATENT>().0.iter().enumerate() {
            let distance = (code[0] - point[0]).powi(2) + (code[1] - point[1]).powi(2);
            if nearest.len() < k || nearest.last().is_some_and(|last| distance < last.0) {
                let place = nearest.partition_point(|other| other.0 <= distance);
                nearest.insert(place, (distance, index));
                nearest.truncate(k);
            }
        }
        nearest.into_iter().map(|(_, index)| index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners() -> Codes {
        let codes = vec![0.0, 0.0, 0.1, 0.0, 5.0, 5.0, 5.0, 5.2, 5.1, 5.0];
        Codes::new(codes, vec![3, 3, 8, 8, 1])
    }

    #[test]
    fn the_nearest_codes_come_nearest_first() {
        assert_eq!(corners().nearest([0.2, 0.0], 2), [1, 0]);
        assert_eq!(corners().nearest([5.0, 5.0], 3), [2, 4, 3]);
        assert_eq!(corners().nearest([0.0, 0.0], 99).len(), 5);
        assert_eq!(corners().nearest([0.0, 0.0], 0), Vec::<usize>::new());
    }

    #[test]
    fn a_vote_counts_labels() {
        let votes = corners().vote([5.0, 5.0], 3);
        assert_eq!((votes[8], votes[1], votes.iter().sum::<u32>()), (2, 1, 3));
        assert_eq!(Codes::default().vote([0.0, 0.0], 15), [0; 10]);
    }

    #[test]
    fn packed_codes_are_right_to_half_a_step() {
        let codes = Codes::new(vec![0.12345, -7.0004, 99.0, -99.0], vec![0, 9]);
        let read = Codes::from_packed(&codes.to_packed()).expect("two codes");
        assert_eq!(read.labels(), [0, 9]);
        assert!((read.codes()[0] - 0.12345).abs() < 0.00051);
        assert!((read.codes()[1] + 7.0004).abs() < 0.00051);
        assert!((read.codes()[2] - 32.767).abs() < 1e-4);
        assert!((read.codes()[3] + 32.768).abs() < 1e-4);
    }

    #[test]
    fn bytes_that_are_no_codes_are_refused() {
        assert_eq!(Codes::from_packed(&[0; 6]), None);
        assert_eq!(Codes::from_packed(&[0, 0, 0, 0, 10]), None);
        assert_eq!(Codes::from_packed(&[]), Some(Codes::default()));
    }
}
