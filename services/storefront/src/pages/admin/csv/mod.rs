//! Products as a table (CSV): for export, and for an import that first says what it would change.

mod cell;
mod plan;
mod read;
mod write;

pub(crate) use plan::{Change, Known, Plan};
pub(crate) use read::{LineError, MOST_BYTES, Refused, Sheet, read};
pub(crate) use write::{header, lines};
