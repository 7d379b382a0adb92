//! Log lines: their filter, their formats and their writer.

mod filter;
mod json;
mod lines;
mod pretty;
mod writer;

pub(crate) use filter::DEFAULT;
pub(crate) use filter::read;
pub use filter::{Levels, Shown};
pub(crate) use lines::{Format, LOG_FORMAT, NO_COLOR, layer};
pub(crate) use writer::{LogGuard, LogLines};
