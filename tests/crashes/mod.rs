//! What happens when something dies.

mod leaving;
mod mails;
mod stage;
