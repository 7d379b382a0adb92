//! The pure part: tokens, templates, when a mail is tried again.

mod retry;
mod template;
mod token;

pub use retry::next_try;
pub use template::{Rendered, SAMPLE_TOKEN, render, sample};
pub use token::{MailToken, lifetime};
