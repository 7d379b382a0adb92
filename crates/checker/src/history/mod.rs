//! The operations of clients and their outcomes, as Jepsen records them: invoked, then ok, refused
//! or unknown.

mod line;
mod op;

pub use op::{CardKind, Op, OpKind, Outcome, Seen};
