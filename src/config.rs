//! What a training run is made of: one validated struct, and the presets of the lesson.

use serde::{Deserialize, Serialize};

/// Pixels of an image, 28 × 28, row by row from the top left.
pub const PIXELS: usize = 784;
/// Side of an image in pixels.
pub const SIDE: usize = 28;
/// Dimensions of the latent space: two, so that it can be drawn whole.
pub const LATENT: usize = 2;

/// What is minimised. The weights that each objective gives to its two terms are in
/// [`TermWeights`](crate::objective::TermWeights).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// The negative evidence lower bound: the batch mean of reconstruction + β·KL.
    Elbo,
    /// The tutorial's own cost: reconstruction *summed* over the batch plus the *mean* KL.
    Tutorial,
    /// Mean reconstruction only: z is the posterior mean, nothing is sampled, no KL.
    Autoencoder,
}

/// How a decoded image is compared with the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reconstruction {
    /// ½ Σ (x̂ − x)², the decoder's output taken as the pixels (the tutorial's).
    SquaredError,
    /// Bernoulli cross-entropy, the decoder's output taken as logits.
    Bernoulli,
}

/// How the weights start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initialisation {
    /// Uniform on ±1/√fan_in, biases too: He et al. 2015 with the gain that `Linear`
    /// layers have by default in PyTorch and burn.
    Kaiming,
    /// Normal with standard deviation 0.001, redrawn beyond two of them; biases 0.
    Tutorial,
}

/// A named starting point of the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// A variational autoencoder as its theory has it.
    Elbo,
    /// The tutorial's program, with its cost and its initialisation.
    Tutorial,
    /// No noise and no prior: what the KL term is there to change.
    Autoencoder,
}

impl Preset {
    /// Every preset, in the order of the lesson.
    pub const ALL: [Preset; 3] = [Preset::Elbo, Preset::Tutorial, Preset::Autoencoder];

    /// The name used in URLs, file names and attributes.
    pub fn name(self) -> &'static str {
        match self {
            Preset::Elbo => "elbo",
            Preset::Tutorial => "tutorial",
            Preset::Autoencoder => "autoencoder",
        }
    }

    /// The preset called `name`.
    ///
    /// # Errors
    /// A [`ConfigError`] on `preset` that lists the names there are.
    pub fn named(name: &str) -> Result<Preset, ConfigError> {
        Preset::ALL
            .into_iter()
            .find(|preset| preset.name() == name)
            .ok_or_else(|| ConfigError::new("preset", "must be elbo, tutorial or autoencoder"))
    }
}

/// Everything that decides a run, besides the data: the same config and data give the same
/// run on every machine, to float tolerance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TrainConfig {
    /// The preset that this config started from, if any; a label, it decides nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// What is minimised.
    pub objective: Objective,
    /// How images are compared.
    pub reconstruction: Reconstruction,
    /// Weight of the KL term, 0 to 100; 1 is the ELBO (Higgins et al. 2017 for other values).
    pub beta: f32,
    /// Adam's step size, above 0, at most 1.
    pub learning_rate: f32,
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
        let config: Self = serde_json::from_str(text)
            .map_err(|error| ConfigError::new("settings", &error.to_string()))?;
        config.validate()?;
        Ok(config)
    }

    /// The settings as JSON, in the form that [`from_json`](Self::from_json) reads.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a struct of numbers and names has a JSON form")
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
    fn new(field: &'static str, problem: &str) -> Self {
        Self { field, problem: problem.to_owned(), needs_reset: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_survive_json() {
        for preset in Preset::ALL {
            let config = TrainConfig::preset(preset);
            assert_eq!(TrainConfig::from_json(&config.to_json()), Ok(config));
        }
    }

    #[test]
    fn missing_fields_are_the_elbo_presets() {
        assert_eq!(TrainConfig::from_json("{}"), Ok(TrainConfig::preset(Preset::Elbo)));
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
            (r#"{"seed":-1}"#, "settings"),
            (r#"{"objective":"best"}"#, "settings"),
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
