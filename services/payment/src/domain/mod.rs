//! The pure part of the service: the states of an order, its transitions, its refusals and its
//! price.

mod card;
#[cfg(test)]
mod fixtures;
mod moved;
mod order;
mod payment;
mod pricing;
pub mod protocol;
mod refund;
mod refusal;
mod sales;
mod state;
mod timeline;
mod view;

pub use card::{Card, StoredCard};
pub use order::{Fingerprint, Order, PricedLine, Returned};
pub use payment::{CreatedPayment, ListedPayment, PaymentState, RefundState, Voided};
pub use pricing::{chargeable, price};
pub use refund::{Refund, RefundStage, refundable};
pub use refusal::Refusal;
pub use sales::{MAX_ROWS, periods, rows};
pub use state::State;
pub use timeline::{LogLine, timeline};
pub use view::Shown;
