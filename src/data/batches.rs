//! The order in which training visits the images.

use core::ops::Range;
use std::sync::Arc;

use crate::noise;

/// The images of an epoch in the order of their visits.
pub type Order = Arc<[u32]>;

/// The images of one step: a stretch of an order. An engine that keeps the order at hand, as one
/// on a GPU does, knows it again by its address and needs no more than the stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    order: Order,
    range: Range<usize>,
}

impl Batch {
    /// The images in `range` of `order`.
    ///
    /// # Panics
    /// When the order is shorter.
    pub fn new(order: Order, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= order.len(), "a stretch of the order");
        Self { order, range }
    }

    /// The images themselves.
    pub fn rows(&self) -> &[u32] {
        &self.order[self.range.clone()]
    }

    /// The order that they are a stretch of.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// Where in the order they lie.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }
}

/// Where training is in its passes over the images, and which come next.
///
/// The first epoch visits the chunks in their order, shuffled within each, so that training
/// can begin when the first has arrived; later epochs shuffle everything. The seed and the
/// chunk sizes decide the order; when a chunk happens to arrive does not. An epoch has
/// ⌊images / batch⌋ steps, as the tutorial's; the few images left over sit it out.
#[derive(Clone, Debug)]
pub struct Batches {
    chunks: Vec<usize>,
    seed: u32,
    epoch: usize,
    position: usize,
    order: Order,
}

impl Batches {
    /// The start of a run over chunks of these sizes.
    pub fn new(chunks: Vec<usize>, seed: u32) -> Self {
        Self::at(chunks, seed, 0, 0)
    }

    /// The place that an interrupted run had reached.
    pub fn at(chunks: Vec<usize>, seed: u32, epoch: usize, position: usize) -> Self {
        let mut batches = Self { chunks, seed, epoch, position, order: Order::default() };
        batches.arrange();
        batches
    }

    /// Images in an epoch.
    pub fn images(&self) -> usize {
        self.order.len()
    }

    /// Sizes of the chunks, in their order.
    pub fn chunks(&self) -> &[usize] {
        &self.chunks
    }

    /// Epochs finished.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// Images visited in the current epoch.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Steps in an epoch at this batch size; at least one where there are images at all.
    pub fn steps_per_epoch(&self, batch: usize) -> usize {
        self.images().checked_div(self.clamp(batch)).unwrap_or(0)
    }

    /// Steps that can be taken before the end of the epoch, or before an image is needed that
    /// is not among the first `available`.
    pub fn steps_ready(&self, batch: usize, available: usize) -> usize {
        let reachable = if self.epoch == 0 {
            self.chunk_boundary(available)
        } else if available >= self.images() {
            self.images()
        } else {
            0
        };
        reachable.saturating_sub(self.position).checked_div(self.clamp(batch)).unwrap_or(0)
    }

    /// The next batch's images, or none when [`steps_ready`](Self::steps_ready) is 0. After an
    /// epoch's last batch the next epoch has begun.
    pub fn next(&mut self, batch: usize, available: usize) -> Option<Batch> {
        if self.steps_ready(batch, available) == 0 {
            return None;
        }
        let batch = self.clamp(batch);
        let next = Batch::new(Order::clone(&self.order), self.position..self.position + batch);
        self.position += batch;
        self.end_epoch_if_due(batch);
        Some(next)
    }

    /// Takes note that batches are now of another size: what is left of the epoch may be too
    /// little for one of them.
    pub fn resize(&mut self, batch: usize) {
        let batch = self.clamp(batch);
        if batch > 0 {
            self.end_epoch_if_due(batch);
        }
    }

    fn end_epoch_if_due(&mut self, batch: usize) {
        if self.position + batch > self.images() {
            self.epoch += 1;
            self.position = 0;
            self.arrange();
        }
    }

    fn clamp(&self, batch: usize) -> usize {
        batch.min(self.images())
    }

    /// How many images the chunks hold that lie whole within the first `available`.
    fn chunk_boundary(&self, available: usize) -> usize {
        let ends = self.chunks.iter().scan(0, |end, count| {
            *end += count;
            Some(*end)
        });
        ends.take_while(|&end| end <= available).last().unwrap_or(0)
    }

    fn arrange(&mut self) {
        let images = self.chunks.iter().sum::<usize>() as u32;
        let mut order: Vec<u32> = (0..images).collect();
        // One shuffle a chunk or epoch, each at a step of its own: chunks count in the low 16
        // bits, epochs above them.
        if self.epoch > 0 {
            noise::shuffle(&mut order, self.seed, (self.epoch as u32) << 16);
        } else {
            let mut rest = order.as_mut_slice();
            for (index, &count) in self.chunks.iter().enumerate() {
                let (chunk, after) = rest.split_at_mut(count);
                noise::shuffle(chunk, self.seed, index as u32);
                rest = after;
            }
        }
        self.order = order.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKS: [usize; 3] = [50, 30, 40];

    fn rows(batch: Batch) -> Vec<u32> {
        batch.rows().to_vec()
    }

    fn first_epoch(batch: usize, mut available: impl FnMut() -> usize) -> Vec<Vec<u32>> {
        let mut batches = Batches::new(CHUNKS.to_vec(), 1);
        let mut taken = Vec::new();
        while batches.epoch() == 0 {
            taken.extend(batches.next(batch, available()).map(rows));
        }
        taken
    }

    #[test]
    fn the_first_epoch_finishes_a_chunk_before_it_starts_the_next() {
        let visited = first_epoch(1, || 120).concat();
        let chunk_of = |image: u32| (image >= 50) as usize + (image >= 80) as usize;
        assert!(visited.iter().map(|&image| chunk_of(image)).is_sorted());
        assert_ne!(visited, (0..120).collect::<Vec<_>>(), "shuffled within each");
    }

    #[test]
    fn every_epoch_visits_each_image_once() {
        let mut batches = Batches::new(CHUNKS.to_vec(), 1);
        for epoch in 0..4 {
            let mut visited: Vec<u32> = Vec::new();
            while batches.epoch() == epoch {
                visited.extend(batches.next(10, 120).expect("all is there").rows());
            }
            visited.sort_unstable();
            assert!(visited.into_iter().eq(0..120), "epoch {epoch}");
        }
    }

    #[test]
    fn when_chunks_arrive_does_not_change_the_order() {
        let mut polls = 0;
        let late = first_epoch(16, || {
            polls += 1;
            [0, 49, 50, 79, 80, 80, 119, 120].get(polls).copied().unwrap_or(120)
        });
        assert_eq!(late, first_epoch(16, || 120));
    }

    #[test]
    fn training_waits_for_the_chunk_it_needs_and_for_no_other() {
        let mut batches = Batches::new(CHUNKS.to_vec(), 1);
        assert_eq!(batches.steps_ready(16, 49), 0);
        assert_eq!(batches.steps_ready(16, 50), 3);
        (0..3).for_each(|_| assert!(batches.next(16, 50).is_some()));
        assert!(batches.next(16, 50).is_none(), "the fourth needs images of the second chunk");
        assert!(batches.next(16, 80).is_some());
    }

    #[test]
    fn later_epochs_mix_the_chunks_and_differ_from_each_other() {
        let mut batches = Batches::new(CHUNKS.to_vec(), 1);
        let mut epoch = || (0..12).flat_map(|_| batches.next(10, 120)).flat_map(rows).collect();
        let (_, second, third): (Vec<u32>, Vec<u32>, Vec<u32>) = (epoch(), epoch(), epoch());
        assert!(second[..50].iter().any(|&image| image >= 50));
        assert_ne!(second, third);
    }

    #[test]
    fn a_resumed_run_goes_on_as_if_it_had_never_stopped() {
        let mut whole = Batches::new(CHUNKS.to_vec(), 9);
        (0..17).for_each(|_| assert!(whole.next(10, 120).is_some()));
        let mut resumed = Batches::at(CHUNKS.to_vec(), 9, whole.epoch(), whole.position());
        (0..30).for_each(|_| assert_eq!(whole.next(10, 120), resumed.next(10, 120)));
    }

    #[test]
    fn a_batch_larger_than_the_data_is_all_of_it() {
        let mut batches = Batches::new(vec![5], 1);
        assert_eq!(batches.steps_per_epoch(128), 1);
        assert_eq!(batches.next(128, 5).map(|batch| batch.rows().len()), Some(5));
        assert_eq!(batches.epoch(), 1);
    }

    #[test]
    fn a_larger_batch_ends_an_epoch_that_has_too_little_left() {
        let mut batches = Batches::new(vec![100], 1);
        (0..9).for_each(|_| assert!(batches.next(10, 100).is_some()));
        batches.resize(64);
        assert_eq!((batches.epoch(), batches.position()), (1, 0));
        assert!(batches.next(64, 100).is_some());
    }

    #[test]
    fn no_data_is_no_steps() {
        let mut batches = Batches::new(Vec::new(), 1);
        assert_eq!((batches.steps_per_epoch(128), batches.next(128, 0)), (0, None));
    }
}
