//! The operations of clients and their outcomes, as Jepsen records them: invoked, then ok, refused
//! or unknown.

pub use estore_checker::history::{CardKind, Op, OpKind, Outcome, Seen};
pub use estore_shopper::history::History;
