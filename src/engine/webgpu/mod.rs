//! The training step as eight CubeCL kernels on burn's wgpu device, for this model alone.
//!
//! The launches of a step are recorded once for a batch size; a step is the recording played
//! again. Nothing is uploaded for it: the images and the epoch's order are on the device, and
//! the step's own place is carried forward by the kernels ([`words`]). The weights stay there
//! too, in one flat buffer with Adam's moments and the losses of the last steps, so that any
//! look at a run is one copy and one read, and a second look before the next step is none.
//!
//! That buffer and the others are cubecl's and not burn's tensors: the kernels would use none of
//! a tensor's operations, and those would be half of the module.

mod data;
pub mod kernels;
mod launches;
mod losses;
pub mod places;
mod recording;
#[cfg(test)]
mod tests;
pub mod words;

use cubecl::bytes::Bytes;
use cubecl::client::Client;
use cubecl::prelude::CubeElement;

use self::data::Data;
use self::launches::{Buffer, Launches};
use self::losses::Losses;
use self::places::{LANES, Places, RING};
use self::recording::Recording;
use self::words::WORDS;
use super::{Engine, EngineError, StepLosses, StepSettings, TrainState};
use crate::config::Reconstruction;
use crate::data::{Batch, Images};
use crate::objective::TermWeights;
use crate::params::Layout;

const BYTES: usize = size_of::<f32>();

/// Dispatches that cubecl may gather before it submits them by itself: those of the longest
/// recording.
pub const DISPATCHES_A_SUBMIT: usize = recording::LONGEST * launches::DISPATCHES;

/// The model and all that a step needs, on the device.
pub struct WebGpuEngine {
    layout: Layout,
    places: Places,
    client: Client,
    model: Buffer,
    words: Buffer,
    data: Data,
    recording: Option<Recording>,
    /// Steps that have been asked for and not yet played.
    pending: usize,
    /// What the words hold once all that is queued is done; the bias corrections are theirs alone.
    expected: Option<[u32; WORDS]>,
    updates: u32,
    taken: u32,
    losses: Losses,
    /// The weights, where they have been read since the last step, as they lie on the device.
    seen: Option<Vec<f32>>,
    failure: Option<EngineError>,
}

impl WebGpuEngine {
    /// An engine on the device of `client` that goes on from `state`.
    ///
    /// # Panics
    /// When `state` is not of `layout`.
    pub fn new(layout: Layout, state: TrainState, client: Client) -> Self {
        let places = Places::new(layout.hidden);
        let mut engine = Self {
            model: Buffer::quads(&client, places.model()),
            words: Buffer::words(&client, WORDS),
            data: Data::default(),
            recording: None,
            pending: 0,
            expected: None,
            updates: 0,
            taken: 0,
            losses: Losses::default(),
            seen: None,
            failure: None,
            layout,
            places,
            client,
        };
        engine.restore(state);
        engine
    }

    /// Builds every kernel of a step on `batch` images with that loss, which takes none.
    ///
    /// # Errors
    /// An [`EngineError`] when the device failed.
    pub fn warm_up(
        &mut self,
        batch: usize,
        reconstruction: Reconstruction,
    ) -> Result<(), EngineError> {
        self.record(batch, reconstruction)?;
        Ok(())
    }

    fn record(
        &mut self,
        batch: usize,
        reconstruction: Reconstruction,
    ) -> Result<&Recording, EngineError> {
        let recording = match self.recording.take() {
            Some(recording) if recording.launches.are_of(batch, reconstruction) => recording,
            _ => {
                let Self { client, places, words, model, data, .. } = self;
                let wanted = (batch, reconstruction);
                let launches = Launches::new(client, *places, wanted, words, model, data);
                Recording::new(client, launches)?
            }
        };
        Ok(self.recording.insert(recording))
    }

    /// Sees to it that the device has the images, the order, and the place and settings of a
    /// step on `batch`, which is the next.
    fn prepare(
        &mut self,
        images: &Images,
        batch: &Batch,
        settings: &StepSettings,
    ) -> Result<&Recording, EngineError> {
        if !self.data.holds(images, batch.order()) {
            self.play()?;
            if self.data.upload(&self.client, images, batch.order()) {
                self.recording = None;
            }
        }
        let (count, kind) = (batch.rows().len(), settings.reconstruction);
        if self.recording.as_ref().is_some_and(|have| !have.launches.are_of(count, kind)) {
            self.play()?;
        }
        let slices = self.record(count, kind)?.launches.slices;
        let (taken, updates) = (self.taken, self.updates);
        let place = batch.range().start;
        let wanted = words::before_step(settings, count, slices, place, taken, updates);
        let corrections = words::CORRECTION_1..=words::CORRECTION_2;
        let known = self.expected.is_some_and(|expected| {
            (0..WORDS).all(|word| corrections.contains(&word) || expected[word] == wanted[word])
        });
        if !known {
            self.play()?;
            let bytes = u32::as_bytes(&wanted).to_vec();
            self.client.write(&self.words.handle, Bytes::from_bytes_vec(bytes));
        }
        self.expected = Some(wanted);
        self.record(count, kind)
    }

    fn queue(
        &mut self,
        images: &Images,
        batch: &Batch,
        settings: &StepSettings,
    ) -> Result<(), EngineError> {
        self.prepare(images, batch, settings)?;
        let count = batch.rows().len();
        if let Some(words) = &mut self.expected {
            words[words::STEP] = words[words::STEP].wrapping_add(1);
            words[words::POSITION] += count as u32;
            words[words::TAKEN] = words[words::TAKEN].wrapping_add(1);
        }
        self.pending += 1;
        self.seen = None;
        self.updates += 1;
        self.taken = self.taken.wrapping_add(1);
        self.losses.steps += 1;
        self.losses.images += count;
        self.losses.last_terms = Some(TermWeights::new(settings.objective, settings.beta, count));
        Ok(())
    }

    /// Hands the pending steps to the device.
    fn play(&mut self) -> Result<(), EngineError> {
        let steps = core::mem::take(&mut self.pending);
        self.recording.as_ref().map_or(Ok(()), |recording| recording.play(steps))
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        self.play()?;
        self.client.flush().map_err(EngineError::from_device)
    }

    /// Reads the first `quads` of `model`, at least the ring, takes the losses out of it and
    /// gives the rest: a look at the weights costs no more reads than one at the losses.
    async fn read(&mut self, quads: usize) -> Result<Vec<f32>, EngineError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.play()?;
        let part = self.model.part(0, quads * LANES * BYTES);
        let (taken, losses) = (self.taken, core::mem::take(&mut self.losses));
        let bytes = self.client.read_async(vec![part]).await.map_err(EngineError::from_device)?;
        let values = bytes.first().map(|bytes| f32::from_bytes(bytes)).unwrap_or_default();
        let (ring, rest) = values.split_at(RING * LANES);
        self.losses.read = losses.with_ring(ring, taken);
        Ok(rest.to_vec())
    }

    /// The parts of `values`, each as long as all weights are on the device, in the order of
    /// the layout.
    fn parts(&self, values: &[f32]) -> impl Iterator<Item = Vec<f32>> {
        let parts = values.chunks_exact(self.places.moment() * LANES);
        parts.map(|part| self.places.gather(&self.layout, part))
    }
}

impl Engine for WebGpuEngine {
    fn step(&mut self, images: &Images, batch: &Batch, settings: &StepSettings) {
        if self.failure.is_none() {
            self.failure = self.queue(images, batch, settings).err();
        }
    }

    fn submit(&mut self) {
        if self.failure.is_none() {
            self.failure = self.flush().err();
        }
    }

    fn room(&self) -> usize {
        RING - self.losses.steps
    }

    async fn take_losses(&mut self) -> Result<StepLosses, EngineError> {
        if self.losses.steps > 0 || self.failure.is_some() {
            // Whoever looks at the losses often wants the weights next.
            self.seen = Some(self.read(self.places.end).await?);
        }
        Ok(core::mem::take(&mut self.losses.read))
    }

    async fn gradient(
        &mut self,
        images: &Images,
        batch: &Batch,
        settings: &StepSettings,
    ) -> Result<Vec<f32>, EngineError> {
        self.play()?;
        let launches = &self.prepare(images, batch, settings)?.launches;
        launches.differentiate();
        let target = launches.gradients.handle.clone();
        // The words have counted a step that was none.
        self.expected = None;
        let bytes = self.client.read_async(vec![target]).await.map_err(EngineError::from_device)?;
        let values = bytes.first().map(|bytes| f32::from_bytes(bytes)).unwrap_or_default();
        Ok(self.parts(&values[RING * LANES..]).next().unwrap_or_default())
    }

    async fn weights(&mut self) -> Result<Vec<f32>, EngineError> {
        let values = match self.seen.take() {
            Some(values) => values,
            None => self.read(self.places.end).await?,
        };
        let weights = self.parts(&values).next().unwrap_or_default();
        self.seen = Some(values);
        Ok(weights)
    }

    fn restore(&mut self, state: TrainState) {
        assert_eq!(state.weights.len(), self.layout.len(), "a state of this layout");
        let mut values = vec![0.0; self.places.model() * LANES];
        let parts = values[RING * LANES..].chunks_exact_mut(self.places.moment() * LANES);
        for (part, values) in parts.zip([&state.weights, &state.first_moment, &state.second_moment])
        {
            self.places.scatter(&self.layout, values, part);
        }
        let bytes = f32::as_bytes(&values).to_vec();
        self.client.write(&self.model.part(0, bytes.len()), Bytes::from_bytes_vec(bytes));
        self.updates = state.updates;
        self.pending = 0;
        self.expected = None;
        self.losses = Losses::default();
        self.seen = None;
    }

    async fn snapshot(&mut self) -> Result<TrainState, EngineError> {
        let updates = self.updates;
        let values = self.read(self.places.model()).await?;
        let mut parts = self.parts(&values);
        let mut part = || parts.next().unwrap_or_default();
        Ok(TrainState { weights: part(), first_moment: part(), second_moment: part(), updates })
    }
}
