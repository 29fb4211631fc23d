//! A run: config, images, their order and an engine, from the first step to the last.

use crate::checkpoint::Checkpoint;
use crate::config::{ConfigError, TrainConfig};
use crate::data::{Batches, ChunkError, Images};
use crate::engine::{Engine, EngineError, StepLosses, StepSettings};
use crate::params::Layout;

/// Training in progress. Seed, config and images decide it; how its steps are grouped into
/// calls does not.
pub struct TrainingRun<E> {
    config: TrainConfig,
    images: Images,
    batches: Batches,
    engine: E,
    step: u32,
}

impl<E: Engine> TrainingRun<E> {
    /// A run of `config` from its first step; `engine` holds the first weights. It trains once
    /// [`expect_chunks`](Self::expect_chunks) has said what data there will be.
    pub fn new(config: TrainConfig, engine: E) -> Self {
        let batches = Batches::new(Vec::new(), config.seed);
        Self { config, images: Images::default(), batches, engine, step: 0 }
    }

    /// The run that `checkpoint` was taken of; `engine` holds its state. Its images are to be
    /// added again.
    pub fn resume(checkpoint: &Checkpoint, engine: E) -> Self {
        let config = checkpoint.config.clone();
        let chunks = checkpoint.chunks.clone();
        let batches = Batches::at(chunks, config.seed, checkpoint.epoch, checkpoint.position);
        Self { config, images: Images::default(), batches, engine, step: checkpoint.step }
    }

    /// Says how many images each chunk will hold, which the order of all of them follows from.
    /// A run that has begun keeps its order when the sizes are those it knows.
    pub fn expect_chunks(&mut self, counts: Vec<usize>) {
        if self.batches.chunks() != counts {
            self.batches = Batches::new(counts, self.config.seed);
        }
    }

    /// Adds the next chunk of training images, in the order of the expected chunks.
    ///
    /// # Errors
    /// A [`ChunkError`] when it is no chunk; nothing is added then.
    pub fn add_chunk(&mut self, bytes: &[u8], file: &str) -> Result<(), ChunkError> {
        self.images.add_chunk(bytes, file)
    }

    /// The settings in force.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// Goes on under other settings, from the next step.
    ///
    /// # Errors
    /// A [`ConfigError`] for a value out of range or one that only a new run can have; the
    /// settings stay as they were then.
    pub fn set_config(&mut self, next: TrainConfig) -> Result<(), ConfigError> {
        next.validate()?;
        self.config.continues_as(&next)?;
        self.batches.resize(next.batch_size);
        self.config = next;
        Ok(())
    }

    /// Steps taken.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Epochs finished.
    pub fn epoch(&self) -> usize {
        self.batches.epoch()
    }

    /// Steps in an epoch at the present batch size; 0 until chunks are expected.
    pub fn steps_per_epoch(&self) -> usize {
        self.batches.steps_per_epoch(self.config.batch_size)
    }

    /// Steps that can be taken before the epoch ends or another chunk is needed.
    pub fn steps_ready(&self) -> usize {
        self.batches.steps_ready(self.config.batch_size, self.images.count())
    }

    /// Takes up to `most` steps and says how many; stops where an epoch ends, the next chunk is
    /// not there yet, or the engine cannot keep more losses.
    pub fn run(&mut self, most: usize) -> usize {
        let epoch = self.batches.epoch();
        let mut taken = 0;
        while taken < most && self.batches.epoch() == epoch && self.engine.room() > 0 {
            let available = self.images.count();
            let Some(batch) = self.batches.next(self.config.batch_size, available) else { break };
            let settings = StepSettings::new(&self.config, self.step);
            self.engine.step(&self.images, &batch, &settings);
            self.step = self.step.wrapping_add(1);
            taken += 1;
        }
        self.engine.submit();
        taken
    }

    /// The losses of the steps since the last call, once they are done.
    ///
    /// # Errors
    /// An [`EngineError`] when the device failed.
    pub async fn take_losses(&mut self) -> Result<StepLosses, EngineError> {
        self.engine.take_losses().await
    }

    /// A copy of the weights.
    ///
    /// # Errors
    /// An [`EngineError`] when the device failed.
    pub async fn weights(&mut self) -> Result<Vec<f32>, EngineError> {
        self.engine.weights().await
    }

    /// All that is needed to go on elsewhere as if nothing had happened, except the images.
    ///
    /// # Errors
    /// An [`EngineError`] when the device failed.
    pub async fn checkpoint(&mut self) -> Result<Checkpoint, EngineError> {
        Ok(Checkpoint {
            config: self.config.clone(),
            state: self.engine.snapshot().await?,
            step: self.step,
            epoch: self.batches.epoch(),
            position: self.batches.position(),
            chunks: self.batches.chunks().to_vec(),
        })
    }

    /// Goes on from where `checkpoint` was taken instead; the images stay.
    ///
    /// # Errors
    /// A [`ConfigError`] where it is of a run that this one cannot go on as; nothing changes then.
    pub fn restore(&mut self, checkpoint: Checkpoint) -> Result<(), ConfigError> {
        self.config.continues_as(&checkpoint.config)?;
        let Checkpoint { config, state, step, epoch, position, chunks } = checkpoint;
        self.batches = Batches::at(chunks, config.seed, epoch, position);
        self.batches.resize(config.batch_size);
        self.engine.restore(state);
        self.config = config;
        self.step = step;
        Ok(())
    }

    /// The engine, to warm it up.
    pub fn engine_mut(&mut self) -> &mut E {
        &mut self.engine
    }
}

/// The first weights of a run of `config`.
pub fn first_weights(config: &TrainConfig) -> Vec<f32> {
    Layout::new(config.hidden).initialise(config.initialisation, config.seed)
}

#[cfg(test)]
mod tests {
    use core::future::Future;
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};

    use super::*;
    use crate::config::PIXELS;
    use crate::engine::cpu::CpuEngine;

    /// The CPU engine never waits.
    fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("nothing to wait for"),
        }
    }

    fn chunk(first: u8) -> Vec<u8> {
        let labels = (0..10).map(|label| (label + first) % 10);
        let pixels = (0..10 * PIXELS).map(|at| (at as u8).wrapping_mul(first));
        labels.chain(pixels).collect()
    }

    fn run(config: &TrainConfig) -> TrainingRun<CpuEngine> {
        let state = crate::engine::TrainState::fresh(first_weights(config));
        let mut run =
            TrainingRun::new(config.clone(), CpuEngine::new(Layout::new(config.hidden), state));
        run.expect_chunks(vec![10, 10]);
        run.add_chunk(&chunk(3), "first").expect("a chunk");
        run.add_chunk(&chunk(7), "second").expect("a chunk");
        run
    }

    /// Steps of `run`, over the ends of epochs.
    fn steps(run: &mut TrainingRun<CpuEngine>, count: usize) {
        let mut left = count;
        while left > 0 {
            left -= run.run(left);
        }
    }

    #[test]
    fn a_run_taken_over_goes_on_as_if_it_had_never_changed_hands() {
        let config = TrainConfig { hidden: 16, batch_size: 3, ..TrainConfig::default() };
        let mut whole = run(&config);
        steps(&mut whole, 11);
        let half = now(whole.checkpoint()).expect("a checkpoint");
        let mut successor = run(&config);
        steps(&mut successor, 2);
        assert_eq!(successor.restore(half), Ok(()));
        steps(&mut whole, 9);
        steps(&mut successor, 9);
        let ends = [whole, successor].map(|mut run| now(run.checkpoint()).expect("a checkpoint"));
        assert_eq!(ends[0], ends[1]);
        assert_eq!(ends[0].step, 20);
    }

    #[test]
    fn a_checkpoint_of_another_seed_is_refused_and_changes_nothing() {
        let config = TrainConfig { hidden: 16, batch_size: 3, ..TrainConfig::default() };
        let mut one = run(&config);
        steps(&mut one, 2);
        let before = now(one.checkpoint()).expect("a checkpoint");
        let mut other = run(&TrainConfig { seed: config.seed + 1, ..config });
        let foreign = now(other.checkpoint()).expect("a checkpoint");
        assert!(one.restore(foreign).is_err_and(|error| error.needs_reset));
        assert_eq!(now(one.checkpoint()), Ok(before));
    }
}
