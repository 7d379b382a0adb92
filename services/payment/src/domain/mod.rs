//! The pure part: the states of an order, its refusals, its price.

mod backoff;
mod card;
mod order;
mod pricing;
mod refusal;
mod state;

pub use backoff::backoff;
pub use card::{Card, StoredCard, expires_before};
pub use order::{Fingerprint, Order, PricedLine};
pub use pricing::price;
pub use refusal::Refusal;
pub use state::State;
