//! What happens when something dies.

mod leaving;
mod mails;
mod replica;
mod stage;
