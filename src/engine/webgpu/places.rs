//! Where everything lies in the buffers on the device.
//!
//! Kernels read and write four f32 at a time, so every row here is a whole number of those: the
//! hidden width is padded to tiles. A padded unit has weights 0 throughout, so it is never
//! active, gets the gradient 0, and stays what it is.

use core::ops::Range;

use crate::config::{LATENT, PIXELS};
use crate::params::Layout;

/// Values a [`Quad`](super::kernels::Quad) holds.
pub const LANES: usize = 4;
/// Quads in an image.
pub const IMAGE: usize = PIXELS / LANES;
/// Steps whose losses the device keeps until they are read: at ten reads a second, enough for
/// 10,000 steps a second.
pub const RING: usize = 1024;
/// Rows and columns of the products that one unit computes, in registers. Tuned on SwiftShader,
/// where 8 × 8 is ten times as fast as a value a unit; on a GPU it loads 16 values for 64
/// multiplications and still leaves room for the registers of other units.
pub const TILE: usize = 8;

/// Where each part of the `model` buffer begins, in quads, for a hidden width.
///
/// ```text
/// ring of losses │ weights │ Adam's first moment │ Adam's second moment
/// ```
///
/// The weights are those of [`Layout`], but that both heads are one matrix, a quad a unit,
/// (mean 0, mean 1, log_var 0, log_var 1): whoever needs one needs all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Places {
    /// Units in each hidden layer, padded to whole tiles.
    pub hidden: usize,
    /// Encoder, hidden: `[784, hidden]`.
    pub encoder_weight: usize,
    /// `[hidden]`
    pub encoder_bias: usize,
    /// Both heads: `[hidden, 4]`.
    pub heads_weight: usize,
    /// `[4]`
    pub heads_bias: usize,
    /// Decoder, hidden: `[2, hidden]`.
    pub decoder_weight: usize,
    /// `[hidden]`
    pub decoder_bias: usize,
    /// Decoder, output: `[hidden, 784]`.
    pub output_weight: usize,
    /// `[784]`
    pub output_bias: usize,
    /// Where the weights end and the first moment begins; from there every part is as far from
    /// the one before as this is from [`RING`].
    pub end: usize,
}

impl Places {
    /// The places for `hidden` units.
    pub const fn new(hidden: usize) -> Self {
        let hidden = hidden.next_multiple_of(TILE);
        let row = hidden / LANES;
        let encoder_weight = RING;
        let encoder_bias = encoder_weight + PIXELS * row;
        let heads_weight = encoder_bias + row;
        let heads_bias = heads_weight + hidden;
        let decoder_weight = heads_bias + 1;
        let decoder_bias = decoder_weight + LATENT * row;
        let output_weight = decoder_bias + row;
        let output_bias = output_weight + hidden * IMAGE;
        let end = output_bias + IMAGE;
        Self {
            hidden,
            encoder_weight,
            encoder_bias,
            heads_weight,
            heads_bias,
            decoder_weight,
            decoder_bias,
            output_weight,
            output_bias,
            end,
        }
    }

    /// Quads from a weight to its first moment, and from there to its second.
    pub const fn moment(&self) -> usize {
        self.end - RING
    }

    /// Quads in the whole `model` buffer.
    pub const fn model(&self) -> usize {
        RING + 3 * self.moment()
    }

    /// Quads in a row of hidden units.
    pub const fn row(&self) -> usize {
        self.hidden / LANES
    }

    /// Copies a flat buffer in the order of `layout` to where its values lie on the device,
    /// counted from the first weight.
    pub fn scatter(&self, layout: &Layout, values: &[f32], target: &mut [f32]) {
        self.each_run(layout, |host, device| {
            let length = host.len();
            target[device..device + length].copy_from_slice(&values[host]);
        });
    }

    /// The reverse of [`scatter`](Self::scatter).
    pub fn gather(&self, layout: &Layout, values: &[f32]) -> Vec<f32> {
        let mut target = vec![0.0; layout.len()];
        self.each_run(layout, |host, device| {
            let length = host.len();
            target[host].copy_from_slice(&values[device..device + length]);
        });
        target
    }

    /// Calls `copy` with each run of values that lies in one piece in both orders.
    fn each_run(&self, layout: &Layout, mut copy: impl FnMut(Range<usize>, usize)) {
        let (wide, quad) = (self.hidden, LANES);
        // In the order of `Layout::tensors`: first value here, and how far apart its rows are.
        let tensors = [
            (self.encoder_weight * quad, wide),
            (self.encoder_bias * quad, wide),
            (self.heads_weight * quad, quad),
            (self.heads_bias * quad, quad),
            (self.heads_weight * quad + LATENT, quad),
            (self.heads_bias * quad + LATENT, quad),
            (self.decoder_weight * quad, wide),
            (self.decoder_bias * quad, wide),
            (self.output_weight * quad, PIXELS),
            (self.output_bias * quad, PIXELS),
        ];
        for (tensor, (first, stride)) in layout.tensors.iter().zip(tensors) {
            let width = tensor.shape.last().copied().unwrap_or(1);
            for row in 0..tensor.range.len() / width {
                let host = tensor.range.start + row * width;
                copy(host..host + width, first - RING * quad + row * stride);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_from_their_places_and_padding_stays_zero() {
        for hidden in [16, 37, 256] {
            let (layout, places) = (Layout::new(hidden), Places::new(hidden));
            let values: Vec<f32> = (1..=layout.len()).map(|value| value as f32).collect();
            let mut device = vec![0.0; places.moment() * LANES];
            places.scatter(&layout, &values, &mut device);
            assert_eq!(places.gather(&layout, &device), values);
            let written = device.iter().filter(|&&value| value != 0.0).count();
            assert_eq!(written, layout.len(), "no two values share a place");
        }
    }

    #[test]
    fn the_page_model_is_padded_by_nothing() {
        assert_eq!(Places::new(256).moment() * LANES, Layout::new(256).len());
    }
}
