//! The load of tests: buyers who order, cancel, repeat and read, and an admin who refunds. The
//! history records all of it.

mod answers;
mod buyer;
mod cards;
mod paced;
mod plan;
mod refunder;
mod retries;
mod run;
mod sell_out;
mod settle;

pub(crate) use answers::is_unauthorized;
pub(crate) use buyer::PATIENCE;
pub use buyer::{Buyer, PASSWORD};
pub use cards::CARD;
pub(crate) use cards::save as save_card;
pub use paced::{ORDERS_A_STEP, Pace, Paced};
pub use plan::Shelf;
pub use refunder::{Back, Refunder};
pub use run::Load;
pub use sell_out::sell_out;
pub use settle::settle;
