//! What happens when something dies.

mod crashes;
mod mails;
mod stage;
