//! What a training run is made of: one validated struct, and the presets of the lesson.

mod choices;

pub use self::choices::{Initialisation, Objective, Preset, Reconstruction};

use crate::json::{Fields, Json, Value, object, read};

/// Pixels of an image, 28 × 28, row by row from the top left.
pub const PIXELS: usize = 784;
/// Side of an image in pixels.
pub const SIDE: usize = 28;
/// Dimensions of the latent space: two, so that it can be drawn whole.
pub const LATENT: usize = 2;

/// Everything that decides a run, besides the data: the same config and data give the same
/// run on every machine, to float tolerance.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainConfig {
    /// The preset that this config started from, if any; a label, it decides nothing.
    pub preset: Option<Preset>,
    /// What is minimised.
    pub objective: Objective,
    /// How images are compared.
    pub reconstruction: Reconstruction,
    /// Weight of the KL term, 0 to 100; 1 is the ELBO (Higgins et al. 2017 for other values).
    pub beta: f64,
    /// Adam's step size, above 0, at most 1.
    pub learning_rate: f64,
    /// Images a step, 1 to 1024.
    pub batch_size: usize,
    /// Passes over the training images, 1 to 1000.
    pub epochs: usize,
    /// Units in each hidden layer, 16 to 1024.
    pub hidden: usize,
    /// How the weights start.
    pub initialisation: Initialisation,
    /// Decides the initial weights, the order of the images and every ε.
    pub seed: u32,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self::preset(Preset::Elbo)
    }
}

impl TrainConfig {
    /// The settings of a preset: the tutorial's figures everywhere (Adam at 1e-3, batch 128,
    /// 50 epochs, 256 hidden units), its objective and initialisation in `tutorial` alone.
    pub fn preset(preset: Preset) -> Self {
        let (objective, initialisation) = match preset {
            Preset::Elbo => (Objective::Elbo, Initialisation::Kaiming),
            Preset::Tutorial => (Objective::Tutorial, Initialisation::Tutorial),
            Preset::Autoencoder => (Objective::Autoencoder, Initialisation::Kaiming),
        };
        Self {
            preset: Some(preset),
            objective,
            reconstruction: Reconstruction::SquaredError,
            beta: 1.0,
            learning_rate: 1e-3,
            batch_size: 128,
            epochs: 50,
            hidden: 256,
            initialisation,
            seed: 1,
        }
    }

    /// Reads settings from JSON; what is left out has the `elbo` preset's value.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the field, for text that is not JSON, an unknown field, a
    /// value of the wrong kind or one outside its range.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let Some(Fields(fields)) = read(text) else {
            return Err(ConfigError::new("settings", "must be a JSON object of names and numbers"));
        };
        let mut config = Self { preset: None, ..Self::default() };
        for (name, value) in &fields {
            config.read(name, value)?;
        }
        config.validate()?;
        Ok(config)
    }

    /// Reads one field.
    fn read(&mut self, name: &str, value: &Value) -> Result<(), ConfigError> {
        match name {
            "preset" if matches!(value, Value::Null) => self.preset = None,
            "preset" => self.preset = Some(Preset::named(text("preset", value)?)?),
            "objective" => self.objective = Objective::named(text("objective", value)?)?,
            "reconstruction" => {
                self.reconstruction = Reconstruction::named(text("reconstruction", value)?)?;
            }
            "initialisation" => {
                self.initialisation = Initialisation::named(text("initialisation", value)?)?;
            }
            "beta" => self.beta = number("beta", value)?,
            "learningRate" => self.learning_rate = number("learningRate", value)?,
            "batchSize" => self.batch_size = whole("batchSize", value)? as usize,
            "epochs" => self.epochs = whole("epochs", value)? as usize,
            "hidden" => self.hidden = whole("hidden", value)? as usize,
            "seed" => self.seed = whole("seed", value)?,
            _ => return Err(ConfigError::new("settings", &format!("there is none called {name}"))),
        }
        Ok(())
    }

    /// The settings as JSON, in the form that [`from_json`](Self::from_json) reads.
    pub fn to_json(&self) -> String {
        object([
            ("preset", self.preset.map_or(Json::Null, |preset| Json::Text(preset.name()))),
            ("objective", Json::Text(self.objective.name())),
            ("reconstruction", Json::Text(self.reconstruction.name())),
            ("beta", Json::Number(self.beta)),
            ("learningRate", Json::Number(self.learning_rate)),
            ("batchSize", Json::Whole(self.batch_size as u64)),
            ("epochs", Json::Whole(self.epochs as u64)),
            ("hidden", Json::Whole(self.hidden as u64)),
            ("initialisation", Json::Text(self.initialisation.name())),
            ("seed", Json::Whole(self.seed.into())),
        ])
    }

    /// Checks every range that the fields' descriptions state.
    ///
    /// # Errors
    /// A [`ConfigError`] on the first field that is out of range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let check = |holds: bool, field, range| match holds {
            true => Ok(()),
            false => Err(ConfigError::new(field, range)),
        };
        check((0.0..=100.0).contains(&self.beta), "beta", "must be a number from 0 to 100")?;
        check(
            self.learning_rate > 0.0 && self.learning_rate <= 1.0,
            "learningRate",
            "must be a number above 0 and at most 1",
        )?;
        check(
            (1..=1024).contains(&self.batch_size),
            "batchSize",
            "must be a whole number from 1 to 1024",
        )?;
        check(
            (1..=1000).contains(&self.epochs),
            "epochs",
            "must be a whole number from 1 to 1000",
        )?;
        check(
            (16..=1024).contains(&self.hidden),
            "hidden",
            "must be a whole number from 16 to 1024",
        )
    }

    /// Whether a model in training can go on under `next`, or must be started again.
    ///
    /// # Errors
    /// A [`ConfigError`] on the first field that decides how a run starts and differs.
    pub fn continues_as(&self, next: &TrainConfig) -> Result<(), ConfigError> {
        let field = if self.hidden != next.hidden {
            "hidden"
        } else if self.initialisation != next.initialisation {
            "initialisation"
        } else if self.seed != next.seed {
            "seed"
        } else {
            return Ok(());
        };
        Err(ConfigError {
            field,
            problem: "takes effect when training is reset".to_owned(),
            needs_reset: true,
        })
    }
}

fn text<'a>(field: &'static str, value: &'a Value) -> Result<&'a str, ConfigError> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(ConfigError::new(field, "must be a name")),
    }
}

fn number(field: &'static str, value: &Value) -> Result<f64, ConfigError> {
    match value {
        Value::Whole(number) => Ok(*number as f64),
        Value::Number(number) => Ok(*number),
        _ => Err(ConfigError::new(field, "must be a number")),
    }
}

/// A whole number that fits 32 bits, also when it is written as 128.0.
fn whole(field: &'static str, value: &Value) -> Result<u32, ConfigError> {
    let number = number(field, value)?;
    match number >= 0.0 && number <= f64::from(u32::MAX) && number == libm::trunc(number) {
        true => Ok(number as u32),
        false => Err(ConfigError::new(field, "must be a whole number from 0 to 4294967295")),
    }
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct ConfigError {
    /// The field as JSON names it.
    pub field: &'static str,
    /// What is wrong with it, and what it must be.
    pub problem: String,
    /// True where the value is good, but only for a run that starts anew.
    pub needs_reset: bool,
}

impl ConfigError {
    pub(crate) fn new(field: &'static str, problem: &str) -> Self {
        Self { field, problem: problem.to_owned(), needs_reset: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_survive_json() {
        for &preset in Preset::ALL {
            let config = TrainConfig::preset(preset);
            assert_eq!(TrainConfig::from_json(&config.to_json()), Ok(config));
        }
    }

    #[test]
    fn missing_fields_are_the_elbo_presets() {
        let unnamed = TrainConfig { preset: None, ..TrainConfig::default() };
        assert_eq!(TrainConfig::from_json("{}"), Ok(unnamed));
    }

    #[test]
    fn every_range_is_enforced_and_names_its_field() {
        for (json, field) in [
            (r#"{"beta":-1}"#, "beta"),
            (r#"{"beta":1e9}"#, "beta"),
            (r#"{"learningRate":0}"#, "learningRate"),
            (r#"{"batchSize":0}"#, "batchSize"),
            (r#"{"batchSize":1025}"#, "batchSize"),
            (r#"{"epochs":0}"#, "epochs"),
            (r#"{"hidden":15}"#, "hidden"),
            (r#"{"seed":-1}"#, "seed"),
            (r#"{"seed":4294967296}"#, "seed"),
            (r#"{"epochs":2.5}"#, "epochs"),
            (r#"{"hidden":"wide"}"#, "hidden"),
            (r#"{"objective":"best"}"#, "objective"),
            (r#"{"objective":3}"#, "objective"),
            (r#"{"preset":"best"}"#, "preset"),
            ("[]", "settings"),
            (r#"{"colour":"red"}"#, "settings"),
            ("not json", "settings"),
        ] {
            let error = TrainConfig::from_json(json).expect_err(json);
            assert_eq!(error.field, field, "{json}: {error}");
        }
    }

    #[test]
    fn beta_and_learning_rate_change_without_a_reset_but_a_seed_does_not() {
        let now = TrainConfig::default();
        let softer = TrainConfig { beta: 0.5, learning_rate: 1e-4, ..now.clone() };
        assert_eq!(now.continues_as(&softer), Ok(()));
        let reseeded = TrainConfig { seed: 2, ..now.clone() };
        assert!(now.continues_as(&reseeded).is_err_and(|error| error.needs_reset));
    }
}
