//! The loops that training and decoding spend their time in.
//!
//! A package of its own, so that the core module can have these compiled for speed and all else
//! for size: its profile says so in Cargo.toml.

#![warn(missing_docs)]

pub mod lanes;
pub mod sparse;
