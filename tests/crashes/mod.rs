//! What happens when something dies.

mod kills;
mod mails;
mod stage;
