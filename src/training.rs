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

    /// The engine, to warm it up.
    pub fn engine_mut(&mut self) -> &mut E {
        &mut self.engine
    }
}

/// The first weights of a run of `config`.
pub fn first_weights(config: &TrainConfig) -> Vec<f32> {
    Layout::new(config.hidden).initialise(config.initialisation, config.seed)
}
