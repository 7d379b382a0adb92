//! The order protocol (order-flow sections 3 and 4), pure: what an order needs next, and what an answer leads to. Production
//! and the model checker run this same code; only who is asked, and how, differs.

mod ask;
mod begin;
mod reconcile;
mod refund;
pub mod restore;
mod then;

pub use ask::{Answer, Ask, Entry, Held, Move, Next, Priced, Undone};
pub use begin::begin;
pub use reconcile::{Finding, reconcile};
pub use refund::{RefundAnswer, RefundAsk, RefundMove, RefundNext, begin_refund, then_refund};
pub use then::then;

#[cfg(test)]
mod tests;
