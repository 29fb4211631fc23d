//! The choices that a run is made of, and their names.

use super::ConfigError;

/// What is minimised. The weights that each objective gives to its two terms are in
/// [`TermWeights`](crate::objective::TermWeights).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The negative evidence lower bound: the batch mean of reconstruction + β·KL.
    Elbo,
    /// The tutorial's own cost: reconstruction *summed* over the batch plus the *mean* KL.
    Tutorial,
    /// Mean reconstruction only: z is the posterior mean, nothing is sampled, no KL.
    Autoencoder,
}

/// How a decoded image is compared with the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconstruction {
    /// ½ Σ (x̂ − x)², the decoder's output taken as the pixels (the tutorial's).
    SquaredError,
    /// Bernoulli cross-entropy, the decoder's output taken as logits.
    Bernoulli,
}

/// How the weights start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initialisation {
    /// Uniform on ±1/√fan_in, biases too: He et al. 2015 with the gain that `Linear`
    /// layers have by default in PyTorch and burn.
    Kaiming,
    /// Normal with standard deviation 0.001, redrawn beyond two of them; biases 0.
    Tutorial,
}

/// A named starting point of the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// A variational autoencoder as its theory has it.
    Elbo,
    /// The tutorial's program, with its cost and its initialisation.
    Tutorial,
    /// No noise and no prior: what the KL term is there to change.
    Autoencoder,
}

/// Gives choices the names that they have in JSON, URLs, attributes and file names.
macro_rules! named {
    ($choice:ident, $field:literal: $($name:literal => $variant:ident),+) => {
        impl $choice {
            /// Every choice, in the order of the lesson.
            pub const ALL: &[$choice] = &[$($choice::$variant),+];

            /// The name of this choice.
            pub fn name(self) -> &'static str {
                match self { $($choice::$variant => $name),+ }
            }

            /// The choice called `name`.
            ///
            /// # Errors
            /// A [`ConfigError`] that lists the names there are.
            pub fn named(name: &str) -> Result<Self, ConfigError> {
                match name {
                    $($name => Ok($choice::$variant),)+
                    _ => Err(ConfigError::new($field, concat!("must be one of:", $(" ", $name),+))),
                }
            }
        }
    };
}

named!(Objective, "objective": "elbo" => Elbo, "tutorial" => Tutorial, "autoencoder" => Autoencoder);
named!(Reconstruction, "reconstruction": "squared-error" => SquaredError, "bernoulli" => Bernoulli);
named!(Initialisation, "initialisation": "kaiming" => Kaiming, "tutorial" => Tutorial);
named!(Preset, "preset": "elbo" => Elbo, "tutorial" => Tutorial, "autoencoder" => Autoencoder);
