//! The checker: the equations of order-flow section 6 as pure functions. They compare the content
//! of the stores with itself and with what clients saw. `tests/faults`, `tests/cluster`, the
//! shopper and the audit of a running shop use it. Nothing here does I/O.

mod equations;
pub mod history;
pub mod stores;

pub use equations::*;
