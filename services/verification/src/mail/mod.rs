//! Composing and sending emails.

mod compose;
mod smtp;

pub use compose::Composer;
pub use smtp::{Outcome, Smtp};
