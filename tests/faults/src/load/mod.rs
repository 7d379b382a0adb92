//! The load: buyers who order, cancel, repeat and read, and an admin who refunds. The history
//! records all of it.

mod answers;
mod buyer;
mod paced;
mod plan;
mod run;
mod sell_out;
mod settle;
mod visitor;

pub use buyer::{Buyer, Refunder};
pub use paced::{ORDERS_A_STEP, Pace, Paced};
pub use plan::Shelf;
pub use run::Load;
pub use sell_out::sell_out;
pub use settle::settle;
pub use visitor::visit;
