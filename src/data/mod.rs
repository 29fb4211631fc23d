//! The images: checked chunks, all of them in one place, and the order they are visited in.

mod batches;
mod chunk;
mod images;

pub use batches::{Batch, Batches, Order};
pub use chunk::{ChunkError, bytes_per_image, verify_chunk};
pub use images::{Images, intensities};
