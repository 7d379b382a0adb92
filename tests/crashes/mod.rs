//! What happens when something dies.

mod exporting;
mod leaving;
mod mails;
mod replica;
mod stage;
