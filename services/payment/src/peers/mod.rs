//! The services that this one calls.

mod inventory;

pub use inventory::{Inventory, Refused};
