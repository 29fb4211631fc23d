//! A run as a file: its model, Adam's memory and its place among the images.

use crate::config::TrainConfig;
use crate::engine::TrainState;
use crate::json::{Fields, Json, Value, array, object, read};
use crate::params::{Layout, TensorSpec};
use crate::safetensors::{self, File, Stored, find, wholes};
use crate::weights::{Precision, WeightsError, WeightsFile, read_tensor, stored_tensors};

const PROGRESS_KEY: &str = "training";
/// More images than any data set here has; a file that claims more is not believed.
const MOST_IMAGES: usize = 1 << 24;
const MOMENTS: [&str; 2] = ["adam.first_moment", "adam.second_moment"];

/// All that a run needs to go on, except its images.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Its settings.
    pub config: TrainConfig,
    /// Its weights and Adam's moments.
    pub state: TrainState,
    /// Steps taken.
    pub step: u32,
    /// Epochs finished.
    pub epoch: usize,
    /// Images visited in the current epoch.
    pub position: usize,
    /// Images in each training chunk.
    pub chunks: Vec<usize>,
}

/// A run's place, as the metadata has it.
struct Progress {
    step: u32,
    updates: u32,
    epoch: usize,
    position: usize,
    chunks: Vec<usize>,
}

impl Progress {
    fn from_json(text: &str) -> Option<Self> {
        let fields: Fields<Value> = read(text)?;
        let whole = |name| match fields.get(name)? {
            Value::Whole(number) => u32::try_from(*number).ok(),
            _ => None,
        };
        Some(Self {
            step: whole("step")?,
            updates: whole("updates")?,
            epoch: whole("epoch")? as usize,
            position: whole("position")? as usize,
            chunks: wholes(fields.get("chunks")?)?,
        })
    }
}

impl Checkpoint {
    /// The checkpoint as a float32 weights file with Adam's moments as two more tensors.
    pub fn to_bytes(&self) -> Vec<u8> {
        let layout = Layout::new(self.config.hidden);
        let state = &self.state;
        let tensors = stored_tensors(&layout, &state.weights, Precision::Float32);
        let moments = MOMENTS.into_iter().zip([&state.first_moment, &state.second_moment]);
        let moments = moments.map(|(name, values)| {
            Stored::new(name, vec![values.len()], values, Precision::Float32)
        });
        let chunks = self.chunks.iter().map(|&count| Json::Whole(count as u64));
        let progress = object([
            ("step", Json::Whole(self.step.into())),
            ("updates", Json::Whole(state.updates.into())),
            ("epoch", Json::Whole(self.epoch as u64)),
            ("position", Json::Whole(self.position as u64)),
            ("chunks", Json::Raw(array(chunks))),
        ]);
        let metadata =
            vec![("config".to_owned(), self.config.to_json()), (PROGRESS_KEY.to_owned(), progress)];
        let tensors: Vec<_> = tensors.into_iter().chain(moments).collect();
        safetensors::write(&tensors, &metadata)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// The first [`WeightsError`] found.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let model = WeightsFile::from_bytes(bytes)?;
        let file = File::parse(bytes).map_err(WeightsError::Format)?;
        let progress = find(&file.metadata, PROGRESS_KEY).unwrap_or_default();
        let progress = Progress::from_json(progress).ok_or_else(|| {
            WeightsError::Format(format!("its {PROGRESS_KEY} metadata is no run's progress"))
        })?;
        let images = progress.chunks.iter().try_fold(0_usize, |sum, &count| sum.checked_add(count));
        if images.is_none_or(|images| images > MOST_IMAGES || progress.position > images) {
            return Err(WeightsError::Format("a position beyond the last image".to_owned()));
        }
        let length = model.values.len();
        let mut moments = [vec![0.0; length], vec![0.0; length]];
        for (name, values) in MOMENTS.into_iter().zip(&mut moments) {
            let spec = TensorSpec { name, shape: vec![length], range: 0..length, fan_in: 0 };
            read_tensor(&file, &spec, values)?;
        }
        let [first_moment, second_moment] = moments;
        let updates = progress.updates;
        Ok(Self {
            config: model.config,
            state: TrainState { weights: model.values, first_moment, second_moment, updates },
            step: progress.step,
            epoch: progress.epoch,
            position: progress.position,
            chunks: progress.chunks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        let config = TrainConfig { hidden: 16, ..TrainConfig::default() };
        let weights = crate::training::first_weights(&config);
        let mut state = TrainState::fresh(weights);
        state.first_moment[3] = 0.5;
        state.second_moment[4] = 0.25;
        state.updates = 7;
        Checkpoint { config, state, step: 9, epoch: 2, position: 30, chunks: vec![50, 40] }
    }

    #[test]
    fn a_checkpoint_survives_its_file() {
        let checkpoint = checkpoint();
        assert_eq!(Checkpoint::from_bytes(&checkpoint.to_bytes()), Ok(checkpoint));
    }

    #[test]
    fn a_checkpoint_is_a_weights_file_too() {
        let checkpoint = checkpoint();
        let model = WeightsFile::from_bytes(&checkpoint.to_bytes()).expect("a model");
        assert_eq!(model.values, checkpoint.state.weights);
    }

    #[test]
    fn a_model_without_moments_or_with_an_impossible_place_is_refused() {
        let Checkpoint { config, state, .. } = checkpoint();
        let model = WeightsFile { config, values: state.weights, metadata: Vec::new() };
        let bytes = model.to_bytes(Precision::Float32);
        assert!(matches!(Checkpoint::from_bytes(&bytes), Err(WeightsError::Format(_))));
        let beyond = Checkpoint { position: 91, ..checkpoint() };
        assert!(Checkpoint::from_bytes(&beyond.to_bytes()).is_err());
    }
}
