//! A server of static files on 127.0.0.1, as strict and as plain as a static host.

mod listen;
mod mime;
mod path;
mod site;

pub use listen::{bind, serve};
pub use site::{Progress, Site};
