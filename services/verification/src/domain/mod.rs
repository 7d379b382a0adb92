//! The pure part: recipients, links, tokens and templates.

mod addressee;
mod links;
mod template;
mod token;

pub use addressee::{Addressee, addressee};
pub use links::Links;
pub use template::{Parts, Rendered, Wrong, check, render, sample_data};
pub use token::{MailToken, lifetime};
