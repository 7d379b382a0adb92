//! Faults, the board that lists them, and the sequence of a timetable: pure types.

mod board;
mod dice;
mod fault;
mod sequence;

pub use board::{AlreadyActive, Board};
pub use fault::{Fault, check_timetable};
pub use sequence::{Sequence, Step};
