//! Each kernel alone against the same formula in plain f64, on random numbers.

mod backward;
mod case;
mod forward;
