//! Behavior of the shop when a process dies.

mod exporting;
mod leaving;
mod mails;
mod replica;
mod stage;
