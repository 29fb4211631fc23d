//! The `Trainer` class, of the same shape in every module.
//!
//! An exported `async fn(&mut self)` would throw "recursive use of an object" as soon as a
//! second call came while the first was waiting. So every method takes `&self`, the run is
//! taken out of its slot before an await and put back after it, and a call that comes in
//! between gets an error with the code `busy`.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::error::Failure;
use crate::config::TrainConfig;
use crate::engine::{Engine, EngineError, TrainState};
use crate::json::{Json, object};
use crate::params::Layout;
use crate::training::{TrainingRun, first_weights};

/// What every `Trainer` class does, whatever its engine.
pub struct Slot<E>(Rc<RefCell<Option<TrainingRun<E>>>>);

impl<E: Engine + 'static> Slot<E> {
    pub fn new(run: TrainingRun<E>) -> Self {
        Self(Rc::new(RefCell::new(Some(run))))
    }

    /// Does `work` with the run.
    pub fn with<T>(&self, work: impl FnOnce(&mut TrainingRun<E>) -> T) -> Result<T, JsValue> {
        self.0.borrow_mut().as_mut().map(work).ok_or_else(busy)
    }

    /// Does `work` that waits for the device with the run.
    pub fn wait<T: Into<JsValue>>(
        &self,
        work: impl AsyncFnOnce(&mut TrainingRun<E>) -> Result<T, EngineError> + 'static,
    ) -> Promise {
        let slot = Rc::clone(&self.0);
        promise(async move {
            let mut run = slot.borrow_mut().take().ok_or_else(busy)?;
            let result = work(&mut run).await;
            *slot.borrow_mut() = Some(run);
            Ok(result.map_err(Failure::from)?.into())
        })
    }
}

/// A JavaScript promise of a future. Boxed, so that the glue behind it is compiled once and
/// not for every method.
pub fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let future: Pin<Box<dyn Future<Output = _>>> = Box::pin(future);
    wasm_bindgen_futures::future_to_promise(future)
}

fn busy() -> JsValue {
    Failure::new("busy", "the trainer is waiting for its device; one call at a time").into()
}

/// Reads what `Trainer.create` was given: settings, layout and the state to start from.
pub fn starting_point(
    settings: &str,
    weights: Option<Vec<f32>>,
) -> Result<(TrainConfig, Layout, TrainState), JsValue> {
    let config = TrainConfig::from_json(settings).map_err(Failure::from)?;
    let layout = Layout::new(config.hidden);
    let weights = weights.unwrap_or_else(|| first_weights(&config));
    if weights.len() != layout.len() {
        let message = format!("{} weights for a model of {}", weights.len(), layout.len());
        return Err(Failure::new("weights-shape", &message).into());
    }
    Ok((config, layout, TrainState::fresh(weights)))
}

/// What `Trainer.read` gives: means an image over the steps since the last call, in nats, and
/// the objective's own figure for the last step's batch, as JSON.
pub async fn read<E: Engine>(run: &mut TrainingRun<E>) -> Result<String, EngineError> {
    let losses = run.take_losses().await?;
    Ok(object([
        ("steps", Json::Whole(losses.steps as u64)),
        ("total", Json::Number(losses.sums.mean_total())),
        ("reconstruction", Json::Number(losses.sums.mean_reconstruction())),
        ("kl", Json::Number(losses.sums.mean_kl())),
        ("cost", Json::Number(losses.last_cost)),
    ]))
}

/// Exports `Trainer` over `$engine`. `$make` turns a layout and a state into an engine and
/// `$warm_up` readies a run's engine; both may wait.
macro_rules! export_trainer {
    ($engine:ty, $make:path, $warm_up:path) => {
        use js_sys::Promise;
        use $crate::checkpoint::Checkpoint;
        use $crate::config::TrainConfig;
        use $crate::params::Layout;
        use $crate::training::TrainingRun;
        use $crate::wasm::error::Failure;
        use $crate::wasm::trainer::{Slot, promise, read, starting_point};

        /// A training run. One call at a time: while one waits, others throw `busy`.
        #[wasm_bindgen]
        pub struct Trainer(Slot<$engine>);

        #[wasm_bindgen]
        impl Trainer {
            /// A run from its first step, from `weights` or as the settings' seed initialises.
            ///
            /// # Errors
            /// Codes `bad-setting`, `weights-shape` and the engine's own.
            #[wasm_bindgen(unchecked_return_type = "Promise<Trainer>")]
            pub fn create(settings: String, weights: Option<Vec<f32>>) -> Promise {
                promise(async move {
                    let (config, layout, state) = starting_point(&settings, weights)?;
                    let engine = $make(layout, state).await.map_err(Failure::from)?;
                    Ok(Trainer(Slot::new(TrainingRun::new(config, engine))).into())
                })
            }

            /// Goes on from a checkpoint; its images are to be added again.
            ///
            /// # Errors
            /// Codes `weights-…` and the engine's own.
            #[wasm_bindgen(unchecked_return_type = "Promise<Trainer>")]
            pub fn resume(checkpoint: Vec<u8>) -> Promise {
                promise(async move {
                    let mut checkpoint =
                        Checkpoint::from_bytes(&checkpoint).map_err(Failure::from)?;
                    let layout = Layout::new(checkpoint.config.hidden);
                    let state = core::mem::take(&mut checkpoint.state);
                    let engine = $make(layout, state).await.map_err(Failure::from)?;
                    Ok(Trainer(Slot::new(TrainingRun::resume(&checkpoint, engine))).into())
                })
            }

            /// Goes on from a checkpoint of the same run on another engine; the images stay.
            ///
            /// # Errors
            /// Codes `weights-…` and `needs-reset`; nothing changes then.
            pub fn restore(&self, checkpoint: &[u8]) -> Result<(), JsValue> {
                let checkpoint = Checkpoint::from_bytes(checkpoint).map_err(Failure::from)?;
                self.0.with(|run| run.restore(checkpoint))?.map_err(|e| Failure::from(e).into())
            }

            /// Builds every kernel; changes neither weights nor step.
            #[wasm_bindgen(js_name = warmUp, unchecked_return_type = "Promise<void>")]
            pub fn warm_up(&self) -> Promise {
                self.0.wait(async |run| $warm_up(run).await.map(|()| JsValue::UNDEFINED))
            }

            /// Says how many images each training chunk will hold.
            #[wasm_bindgen(js_name = expectChunks)]
            pub fn expect_chunks(&self, counts: Vec<u32>) -> Result<(), JsValue> {
                let counts = counts.into_iter().map(|count| count as usize).collect();
                self.0.with(|run| run.expect_chunks(counts))
            }

            /// Adds the next inflated training chunk.
            #[wasm_bindgen(js_name = addChunk)]
            pub fn add_chunk(&self, bytes: &[u8], file: &str) -> Result<(), JsValue> {
                self.0.with(|run| run.add_chunk(bytes, file))?.map_err(|e| Failure::from(e).into())
            }

            /// Goes on under other settings, from the next step.
            ///
            /// # Errors
            /// Codes `bad-setting` and `needs-reset`; nothing changes then.
            #[wasm_bindgen(js_name = setSettings)]
            pub fn set_settings(&self, settings: &str) -> Result<(), JsValue> {
                let next = TrainConfig::from_json(settings).map_err(Failure::from)?;
                self.0.with(|run| run.set_config(next))?.map_err(|e| Failure::from(e).into())
            }

            /// Steps that can be taken before the epoch ends or a chunk is missing.
            #[wasm_bindgen(getter, js_name = stepsReady)]
            pub fn steps_ready(&self) -> Result<usize, JsValue> {
                self.0.with(|run| run.steps_ready())
            }

            /// Steps in an epoch.
            #[wasm_bindgen(getter, js_name = stepsPerEpoch)]
            pub fn steps_per_epoch(&self) -> Result<usize, JsValue> {
                self.0.with(|run| run.steps_per_epoch())
            }

            /// Steps taken.
            #[wasm_bindgen(getter)]
            pub fn step(&self) -> Result<u32, JsValue> {
                self.0.with(|run| run.step())
            }

            /// Epochs finished.
            #[wasm_bindgen(getter)]
            pub fn epoch(&self) -> Result<usize, JsValue> {
                self.0.with(|run| run.epoch())
            }

            /// Takes up to `most` steps, or queues them on a device, and says how many.
            pub fn run(&self, most: usize) -> Result<usize, JsValue> {
                self.0.with(|run| run.run(most))
            }

            /// Waits for the device; JSON of the losses since the last call.
            #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
            pub fn read(&self) -> Promise {
                self.0.wait(async |run| read(run).await)
            }

            /// Waits for the device; all weights in one array.
            #[wasm_bindgen(unchecked_return_type = "Promise<Float32Array>")]
            pub fn weights(&self) -> Promise {
                self.0.wait(async |run| {
                    Ok(js_sys::Float32Array::from(run.weights().await?.as_slice()))
                })
            }

            /// Waits for the device; all that `resume` needs.
            #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array>")]
            pub fn checkpoint(&self) -> Promise {
                self.0.wait(async |run| {
                    Ok(js_sys::Uint8Array::from(run.checkpoint().await?.to_bytes().as_slice()))
                })
            }
        }
    };
}
