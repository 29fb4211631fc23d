//! Looking at a model: decode, encode, measure, and the geometry of the latent plane.
//! Nothing here knows how the model was trained.

mod codes;
mod evaluate;
mod plane;
mod trained;

pub use codes::{CODE_UNIT, Codes};
pub use evaluate::{Evaluation, Evaluator};
pub use plane::{Axes, Plane, Tick, quantile_grid};
pub use trained::{Posterior, TrainedModel};
