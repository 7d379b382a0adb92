//! The pure part: who gets a mail, tokens, templates, when a mail is tried again.

mod addressee;
mod retry;
mod template;
mod token;

pub use addressee::{Addressee, addressee};
pub use retry::next_try;
pub use template::{Parts, Rendered, Wrong, check, render};
pub use token::{MailToken, lifetime};
