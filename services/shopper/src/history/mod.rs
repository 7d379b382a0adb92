//! The recorder of the operations of clients (`estore_checker::history`).

mod kept;
mod recorder;

pub use recorder::History;
