//! Mails: composing and sending them.

mod compose;
mod smtp;

pub use compose::Composer;
pub use smtp::{Outcome, Smtp};
