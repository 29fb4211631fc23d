//! The buffers of a step and the launch of each kernel on them.

use cubecl::client::Client;
use cubecl::prelude::*;
use cubecl::server::Handle;

use super::BYTES;
use super::data::Data;
use super::kernels::gradients::{self, Shares};
use super::kernels::{self, SIDE, UNITS, gather, latent, multiply, output, update};
use super::places::{IMAGE, LANES, Places, TILE};
use crate::config::Reconstruction;

/// Dispatches of a step.
pub const DISPATCHES: usize = 8;

/// Units that a product should have at least: 64 waves of 64, for GPUs of a dozen to a hundred
/// cores that want several waves each. Derived, not tuned: there was no GPU to tune it on.
const UNITS_WANTED: usize = 4096;
/// Slices that are worth summing: seven quads each.
const SLICES_MOST: usize = IMAGE / 7;

/// A buffer on the device.
#[derive(Clone)]
pub struct Buffer {
    /// All of it.
    pub handle: Handle,
    /// In elements.
    length: usize,
}

/// What cubecl rounds the size of a buffer up to, in bytes: the alignment of bindings, which
/// WebGPU lets no device have larger. It counts parts from the rounded end in one place and from
/// the true one in another, so a buffer here has no other end.
const GRANULE: usize = 256;

impl Buffer {
    /// Room for so many words.
    pub fn words(client: &Client, length: usize) -> Self {
        let handle = client.empty((length * BYTES).next_multiple_of(GRANULE));
        Self { handle, length }
    }

    /// Room for so many quads.
    pub fn quads(client: &Client, length: usize) -> Self {
        let Self { handle, .. } = Self::words(client, length * LANES);
        Self { handle, length }
    }

    /// `length` bytes of it, `first` bytes in.
    pub fn part(&self, first: usize, length: usize) -> Handle {
        let after = self.handle.size() - (first + length) as u64;
        self.handle.clone().offset_start(first as u64).offset_end(after)
    }

    fn arg(&self) -> BufferArg {
        // SAFETY: every buffer here is made for its length, and the kernels stay within it.
        unsafe { BufferArg::from_raw_parts(self.handle.clone(), self.length) }
    }
}

/// A step's buffers, described in [`kernels`](super::kernels).
#[allow(missing_docs, reason = "the names are the buffers', described there")]
pub struct Launches {
    client: Client,
    places: Places,
    reconstruction: Reconstruction,
    /// Images in the batch.
    pub batch: usize,
    /// How many parts the long products are cut into.
    pub slices: usize,
    /// The batch, padded to whole tiles.
    pub rows: usize,
    pub words: Buffer,
    pub model: Buffer,
    pub order: Buffer,
    pub pixels: Buffer,
    pub images: Buffer,
    pub units: Buffer,
    pub slopes: Buffer,
    pub errors: Buffer,
    pub parts: Buffer,
    pub latent: Buffer,
    pub losses: Buffer,
    pub gradients: Buffer,
}

impl Launches {
    /// A step on batches of so many images, with that loss.
    pub fn new(
        client: &Client,
        places: Places,
        (batch, reconstruction): (usize, Reconstruction),
        words: &Buffer,
        model: &Buffer,
        data: &Data,
    ) -> Self {
        let rows = batch.next_multiple_of(TILE);
        let tiles = rows * places.hidden / (TILE * TILE);
        let slices = UNITS_WANTED.div_ceil(tiles).clamp(1, SLICES_MOST);
        let wide = rows * places.row();
        let losses = IMAGE * LANES / TILE * rows;
        let (order, pixels) = data.buffers(client);
        Self {
            words: words.clone(),
            model: model.clone(),
            order,
            pixels,
            images: Buffer::words(client, rows * IMAGE),
            units: Buffer::quads(client, 2 * wide),
            slopes: Buffer::quads(client, 2 * wide),
            errors: Buffer::quads(client, rows * IMAGE),
            parts: Buffer::quads(client, slices * wide),
            latent: Buffer::quads(client, rows * latent::QUADS),
            losses: Buffer::words(client, losses),
            gradients: Buffer::quads(client, places.end),
            client: client.clone(),
            places,
            reconstruction,
            batch,
            slices,
            rows,
        }
    }

    /// The eight kernels of a step, in their order.
    pub fn step(&self) {
        self.differentiate();
        self.update();
    }

    /// The same without the last: each weight's gradient.
    pub fn differentiate(&self) {
        self.gather();
        self.encode();
        self.sample();
        self.output();
        self.through_output();
        self.through_latent();
        self.gradients();
    }

    /// Whether it is a step on `batch` images with that loss.
    pub fn are_of(&self, batch: usize, reconstruction: Reconstruction) -> bool {
        (self.batch, self.reconstruction) == (batch, reconstruction)
    }

    /// See [`gather`](gather::gather).
    pub fn gather(&self) {
        let units = self.rows * IMAGE;
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            gather::gather::launch_unchecked(
                &self.client,
                cubes(units.div_ceil(UNITS as usize)),
                CubeDim::new_1d(UNITS),
                self.words.arg(),
                self.order.arg(),
                self.pixels.arg(),
                self.images.arg(),
            );
        }
    }

    /// See [`encode`](multiply::encode).
    pub fn encode(&self) {
        let wide = kernels::wide(self.places);
        let (across, down) = (wide, SIDE * SIDE / wide);
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            multiply::encode::launch_unchecked(
                &self.client,
                self.tiles(self.places.hidden, self.slices, (across, down)),
                CubeDim::new_2d(across, down),
                self.words.arg(),
                self.images.arg(),
                self.model.arg(),
                self.parts.arg(),
                self.places,
            );
        }
    }

    /// See [`sample`](latent::sample).
    pub fn sample(&self) {
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            latent::sample::launch_unchecked(
                &self.client,
                self.pairs(),
                CubeDim::new_2d(UNITS / latent::IMAGES, latent::IMAGES),
                self.words.arg(),
                self.parts.arg(),
                self.model.arg(),
                self.units.arg(),
                self.latent.arg(),
                self.places,
            );
        }
    }

    /// See [`output`](output::output).
    pub fn output(&self) {
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            output::output::launch_unchecked(
                &self.client,
                self.tiles(IMAGE * LANES, 1, (SIDE, SIDE)),
                CubeDim::new_2d(SIDE, SIDE),
                self.words.arg(),
                self.units.arg(),
                self.images.arg(),
                self.model.arg(),
                self.errors.arg(),
                self.losses.arg(),
                self.places,
                self.reconstruction == Reconstruction::Bernoulli,
            );
        }
    }

    /// See [`through_output`](multiply::through_output).
    pub fn through_output(&self) {
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            multiply::through_output::launch_unchecked(
                &self.client,
                self.tiles(self.places.hidden, self.slices, (SIDE, SIDE)),
                CubeDim::new_2d(SIDE, SIDE),
                self.words.arg(),
                self.errors.arg(),
                self.model.arg(),
                self.parts.arg(),
                self.places,
            );
        }
    }

    /// See [`through_latent`](latent::through_latent).
    pub fn through_latent(&self) {
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            latent::through_latent::launch_unchecked(
                &self.client,
                self.pairs(),
                CubeDim::new_2d(UNITS / latent::IMAGES, latent::IMAGES),
                self.words.arg(),
                self.parts.arg(),
                self.model.arg(),
                self.units.arg(),
                self.losses.arg(),
                self.slopes.arg(),
                self.latent.arg(),
                self.places,
            );
        }
    }

    /// See [`gradients`](gradients::gradients).
    pub fn gradients(&self) {
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            gradients::gradients::launch_unchecked(
                &self.client,
                cubes(Shares::cubes(self.places)),
                CubeDim::new_1d(SIDE * SIDE),
                self.words.arg(),
                self.images.arg(),
                self.units.arg(),
                self.slopes.arg(),
                self.errors.arg(),
                self.latent.arg(),
                self.gradients.arg(),
                self.places,
            );
        }
    }

    /// See [`update`](update::update).
    pub fn update(&self) {
        let units = SIDE * SIDE;
        // SAFETY: the buffers have the shapes that the kernel names, and it stays within them.
        unsafe {
            update::update::launch_unchecked(
                &self.client,
                cubes(self.places.moment().div_ceil(units as usize)),
                CubeDim::new_1d(units),
                self.words.arg(),
                self.gradients.arg(),
                self.model.arg(),
                self.places,
            );
        }
    }

    /// Cubes of a kernel that goes by image.
    fn pairs(&self) -> CubeCount {
        CubeCount::Static(1, (self.batch as u32).div_ceil(latent::IMAGES), 1)
    }

    /// Cubes of so many units across and down, for a product of `columns`, in layers.
    fn tiles(&self, columns: usize, layers: usize, (across, down): (u32, u32)) -> CubeCount {
        let count = |length: usize, units: u32| length.div_ceil(units as usize * TILE) as u32;
        CubeCount::Static(count(columns, across), count(self.rows, down), layers as u32)
    }
}

/// So many cubes in a row.
fn cubes(count: usize) -> CubeCount {
    CubeCount::Static(count as u32, 1, 1)
}
