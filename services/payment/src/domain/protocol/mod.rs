//! The order protocol as pure functions (order-flow sections 3 and 4): the next step of an order,
//! and the step that follows an outcome. Production and the model checker run this same code. They
//! differ only in the services that they call.

mod apply;
mod next_step;
mod reconcile;
mod refund;
pub mod restore;
mod vocabulary;

pub use apply::apply;
pub use next_step::next_step;
pub use reconcile::{Finding, reconcile};
pub use refund::{
    RefundCommand, RefundOutcome, RefundStep, RefundTransition, apply_refund, next_refund_step,
};
pub use vocabulary::{Command, Entry, Hold, Outcome, Priced, Step, Transition, Unwound};

#[cfg(test)]
mod tests;
