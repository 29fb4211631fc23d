//! One file a command.

pub mod bench;
pub mod build;
pub mod data;
pub mod dist;
pub mod package;
pub mod serve;
pub mod test;
pub mod train;
