//! The measured machine, by the accounting of Linux.

mod facts;
mod memory;
mod usage;

pub(crate) use facts::{Facts, facts};
pub(crate) use memory::{Memory, bytes_below, resident};
pub(crate) use usage::{Usage, idle_share};
