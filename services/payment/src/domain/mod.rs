//! The pure part: the states of an order, what moves it on, its refusals, its price.

mod card;
mod moved;
mod order;
mod payment;
mod pricing;
pub mod protocol;
mod refund;
mod refusal;
mod state;
mod view;

pub use card::{Card, StoredCard, expires_before};
pub use order::{Fingerprint, Order, PricedLine, Returned};
pub use payment::{CreatedPayment, PaymentState, RefundState, Voided};
pub use pricing::{chargeable, price};
pub use refund::{Refund, RefundStage, refundable};
pub use refusal::Refusal;
pub use state::State;
pub use view::Shown;
