//! The buffers of one step filled with random numbers, and what became of them.

use cubecl::bytes::Bytes;
use cubecl::client::Client;
use cubecl::prelude::CubeElement;

use crate::config::{Objective, Reconstruction};
use crate::data::{Images, Order};
use crate::engine::StepSettings;
use crate::engine::webgpu::data::Data;
use crate::engine::webgpu::launches::{Buffer, Launches};
use crate::engine::webgpu::places::{IMAGE, LANES, Places};
use crate::engine::webgpu::words::{WORDS, before_step};
use crate::noise::philox;

/// Narrow, odd and the page's own; one image, a few, and the page's own.
pub const SHAPES: [(usize, usize); 5] = [(16, 1), (16, 128), (37, 7), (256, 7), (256, 128)];

/// A sum of up to 784 products, in f32 and some order. Three times what was measured on Mesa's
/// software driver; what is computed from such a sum is allowed a multiple of it.
pub const SUM: f64 = 2e-6;

/// Where in the order the batch begins.
pub const POSITION: usize = 3;
/// How many images there are.
pub const IMAGES: usize = 40;
/// Steps behind the one that is tried.
pub const TAKEN: u32 = 5;
/// Adam's updates behind it.
pub const UPDATES: u32 = 9;

pub struct Case {
    pub client: Client,
    pub launches: Launches,
    pub places: Places,
    pub settings: StepSettings,
    pub images: Images,
    pub order: Order,
    pub hidden: usize,
    pub rows: usize,
    pub batch: usize,
}

impl Case {
    pub fn new((hidden, batch): (usize, usize), reconstruction: Reconstruction) -> Self {
        let client = cubecl::Device::default().client();
        let places = Places::new(hidden);
        let settings = StepSettings {
            objective: Objective::Elbo,
            reconstruction,
            beta: 0.7,
            learning_rate: 0.01,
            seed: 21,
            step: 1_000_000,
        };
        let mut chunk = vec![0; IMAGES];
        chunk.extend((0..IMAGES * crate::config::PIXELS).map(|place| hash(place, 1) as u8));
        let mut images = Images::default();
        images.add_chunk(&chunk, "noise").expect("labels, then 784 bytes an image");
        let order: Vec<_> = (0..POSITION + batch).map(|i| (i * 7 % IMAGES) as u32).collect();
        let order = Order::from(order);
        let mut data = Data::default();
        data.upload(&client, &images, &order);
        let words = Buffer::words(&client, WORDS);
        let model = Buffer::quads(&client, places.model());
        let launches =
            Launches::new(&client, places, (batch, reconstruction), &words, &model, &data);
        let start = before_step(&settings, batch, launches.slices, POSITION, TAKEN, UPDATES);
        let start = u32::as_bytes(&start).to_vec();
        client.write(&words.handle, Bytes::from_bytes_vec(start));
        let (hidden, rows) = (places.hidden, launches.rows);
        Self { client, launches, places, settings, images, order, hidden, rows, batch }
    }

    /// Fills a buffer with numbers from −1 to 1 and gives them back.
    pub fn fill(&self, buffer: &Buffer, salt: u32) -> Vec<f32> {
        let length = buffer.handle.size() as usize / 4;
        let values: Vec<_> =
            (0..length).map(|at| hash(at, salt) as f32 / 2_147_483_648.0 - 1.0).collect();
        self.write(buffer, &values);
        values
    }

    /// Fills the batch's images with random pixels and gives them as numbers from 0 to 1. Half of
    /// the quads are paper in every image, and half of the others in this one or that.
    pub fn fill_pixels(&self, salt: u32) -> Vec<f32> {
        let count = self.rows * crate::config::PIXELS;
        let pixels: Vec<_> = (0..count)
            .map(|at| {
                let quad = at / LANES;
                let heads = |at, salt| hash(at, salt).is_multiple_of(2);
                let paper = heads(quad % IMAGE, salt + 1) || heads(quad, salt + 2);
                if paper { 0 } else { hash(at, salt) as u8 }
            })
            .collect();
        let mut values = vec![0.0; count];
        crate::data::intensities(&pixels, &mut values);
        let target = self.launches.images.part(0, count);
        self.client.write(&target, Bytes::from_bytes_vec(pixels));
        values
    }

    pub fn write(&self, buffer: &Buffer, values: &[f32]) {
        let bytes = f32::as_bytes(values).to_vec();
        self.client.write(&buffer.part(0, bytes.len()), Bytes::from_bytes_vec(bytes));
    }

    pub fn read(&self, buffer: &Buffer) -> Vec<f32> {
        let bytes = self.client.read_one(buffer.handle.clone()).expect("a device");
        f32::from_bytes(&bytes).to_vec()
    }

    /// The batch's images, their bytes.
    pub fn pixels(&self) -> Vec<u8> {
        let bytes = self.client.read_one(self.launches.images.handle.clone()).expect("a device");
        bytes[..self.rows * crate::config::PIXELS].to_vec()
    }

    pub fn words(&self) -> Vec<u32> {
        self.read(&self.launches.words).into_iter().map(f32::to_bits).collect()
    }

    /// The part of `values` that begins at quad `first` of the model buffer.
    pub fn part<'a>(&self, values: &'a [f32], first: usize) -> &'a [f32] {
        &values[first * LANES..]
    }
}

fn hash(place: usize, salt: u32) -> u32 {
    philox([place as u32, 0, 0, 0], [salt, 0])[0]
}

pub fn each_shape(claim: impl Fn(Case)) {
    for shape in SHAPES {
        claim(Case::new(shape, Reconstruction::SquaredError));
    }
}

/// left [rows, inner] · right [inner, columns], the operands by index.
pub fn product(
    [rows, inner, columns]: [usize; 3],
    left: impl Fn(usize, usize) -> f32,
    right: impl Fn(usize, usize) -> f32,
) -> Vec<f64> {
    let mut result = vec![0.0; rows * columns];
    for row in 0..rows {
        for k in 0..inner {
            let value = f64::from(left(row, k));
            for column in 0..columns {
                result[row * columns + column] += value * f64::from(right(k, column));
            }
        }
    }
    result
}

/// What the slices of a long product come to.
pub fn joined(case: &Case, parts: &[f32]) -> Vec<f32> {
    let size = case.rows * case.hidden;
    (0..size)
        .map(|at| (0..case.launches.slices).map(|slice| parts[slice * size + at]).sum())
        .collect()
}

/// Each of `ours` may be off by `share` of the largest of `theirs`.
pub fn close(what: &str, ours: &[f32], theirs: &[f64], share: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let largest = theirs.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    for (at, (&ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let difference = (f64::from(ours) - theirs).abs();
        let allowed = share * largest;
        assert!(
            difference <= allowed,
            "{what} at {at}: the kernel's {ours:e}, ours {theirs:e}, differ by {difference:.1e} \
             where {allowed:.1e} is allowed"
        );
    }
}
