//! What clients did and were told, as Jepsen records it: invoked, then ok, refused or unknown.

mod line;
mod op;
mod recorder;

pub use op::{CardKind, Op, OpKind, Outcome, Seen};
pub use recorder::History;
