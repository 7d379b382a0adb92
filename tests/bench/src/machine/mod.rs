//! The machine that is measured on, as Linux accounts for it.

mod facts;
mod memory;
mod usage;

pub(crate) use facts::{Facts, facts};
pub(crate) use memory::{Memory, bytes_below, resident};
pub(crate) use usage::{Usage, idle_share};
