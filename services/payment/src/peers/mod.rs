//! The clients of the services that this one calls.

mod gatherer;
mod inventory;

pub use inventory::{Inventory, Refused};
