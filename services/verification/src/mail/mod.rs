//! Composing and sending emails.

mod compose;
mod connection;
mod failure;
mod smtp;

pub use compose::Composer;
pub use connection::Step;
pub use smtp::{Outcome, Refusal, Smtp};
