//! What happens when something dies.

mod mails;
mod stage;
