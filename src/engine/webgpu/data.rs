//! The training images and the epoch's order on the device, uploaded when they are new.

use cubecl::bytes::Bytes;
use cubecl::client::Client;
use cubecl::prelude::CubeElement;

use super::launches::Buffer;
use super::places::IMAGE;
use crate::config::PIXELS;
use crate::data::{Images, Order};

/// What has been uploaded.
#[derive(Default)]
pub struct Data {
    buffers: Option<Buffers>,
    /// Images that are there.
    images: usize,
    order: Option<Order>,
}

struct Buffers {
    order: Buffer,
    pixels: Buffer,
    /// How long an order may be, and how many images there may be.
    room: [usize; 2],
}

impl Data {
    /// Whether nothing is new in `images` and in `order`.
    pub fn holds(&self, images: &Images, order: &Order) -> bool {
        self.images == images.count()
            && self.order.as_ref().is_some_and(|have| Order::ptr_eq(have, order))
    }

    /// Uploads what is new in `images` and in `order`. Each upload has the device submit what
    /// is queued; there is one a chunk and one an epoch. Says whether the buffers are new ones.
    pub fn upload(&mut self, client: &Client, images: &Images, order: &Order) -> bool {
        // An epoch's order names all the images that there will be.
        let wanted = [order.len(), order.len().max(images.count())];
        let fits = |have: &Buffers| (0..2).all(|part| wanted[part] <= have.room[part]);
        let (buffers, are_new) = match self.buffers.take() {
            Some(buffers) if fits(&buffers) => (buffers, false),
            _ => {
                *self = Self::default();
                (Buffers::new(client, wanted), true)
            }
        };
        if self.images < images.count() {
            let new = images.pixels_from(self.images).to_vec();
            write_part(client, &buffers.pixels, self.images * PIXELS, new);
            self.images = images.count();
        }
        if self.order.as_ref().is_none_or(|have| !Order::ptr_eq(have, order)) {
            write_part(client, &buffers.order, 0, u32::as_bytes(order).to_vec());
            self.order = Some(Order::clone(order));
        }
        self.buffers = Some(buffers);
        are_new
    }

    /// The order and the pixels; empty where nothing has been uploaded yet.
    pub fn buffers(&self, client: &Client) -> (Buffer, Buffer) {
        match &self.buffers {
            Some(Buffers { order, pixels, .. }) => (order.clone(), pixels.clone()),
            None => {
                let Buffers { order, pixels, .. } = Buffers::new(client, [1, 1]);
                (order, pixels)
            }
        }
    }
}

impl Buffers {
    fn new(client: &Client, room: [usize; 2]) -> Self {
        let words = |length| Buffer::words(client, length);
        Self { order: words(room[0]), pixels: words(room[1] * IMAGE), room }
    }
}

/// Writes `bytes` into a buffer, `first` bytes in.
fn write_part(client: &Client, target: &Buffer, first: usize, bytes: Vec<u8>) {
    client.write(&target.part(first, bytes.len()), Bytes::from_bytes_vec(bytes));
}
