//! The load: buyers who order, cancel, repeat, read, and an admin who refunds; all of it recorded.

mod answers;
mod buyer;
mod plan;
mod run;
mod settle;
mod visitor;

pub use buyer::{Buyer, Refunder};
pub use plan::Shelf;
pub use run::Load;
pub use settle::settle;
pub use visitor::visit;
