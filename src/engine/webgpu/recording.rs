//! The launches of a step, recorded once and played for every step on batches of one size.
//!
//! Launching anew would look up each kernel and make each bind group again, which in a page
//! takes longer than the step itself on a fast GPU. cubecl submits before it plays a recording,
//! so there are long ones too.

use cubecl::client::{Client, Graph};

use super::launches::Launches;
use crate::engine::EngineError;

/// Steps in each recording, the longest first: a run of any length is a few of them, and none
/// holds a GPU for long. The page plays as many steps at a time as take 30 ms.
const LENGTHS: [usize; 3] = [LONGEST, 4, 1];
/// Steps in the longest recording, and with it in a submit.
pub const LONGEST: usize = 16;

/// Steps on batches of one size.
pub struct Recording {
    /// What is launched.
    pub launches: Launches,
    graphs: [Graph; LENGTHS.len()],
}

impl Recording {
    /// Records the step of `launches` and builds its kernels; nothing runs.
    ///
    /// # Errors
    /// An [`EngineError`] when the device failed.
    pub fn new(client: &Client, launches: Launches) -> Result<Self, EngineError> {
        let record = |steps: usize| {
            client.graph_prepare()?;
            client.start_capture()?;
            (0..steps).for_each(|_| launches.step());
            client.stop_capture()
        };
        let [long, short, single] =
            LENGTHS.map(|steps| record(steps).map_err(EngineError::from_device));
        let graphs = [long?, short?, single?];
        Ok(Self { launches, graphs })
    }

    /// Queues so many steps.
    ///
    /// # Errors
    /// An [`EngineError`] when the device failed.
    pub fn play(&self, mut steps: usize) -> Result<(), EngineError> {
        for (graph, length) in self.graphs.iter().zip(LENGTHS) {
            while steps >= length {
                // SAFETY: `launches` keeps every buffer alive that was recorded, and the engine
                // that owns them lends them to nobody and writes and reads with one client on
                // one thread, so all of it is one queue and nothing runs beside the steps.
                unsafe { graph.replay() }.map_err(EngineError::from_device)?;
                steps -= length;
            }
        }
        Ok(())
    }
}
