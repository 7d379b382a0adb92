//! Passwords: hashing them in a bounded pool, confirming them again, and the page of a reset.

mod argon;
pub(crate) mod confirmation;
mod hash_pool;
mod hasher;
mod peppers;
mod priority;
pub(crate) mod reset_page;

pub use hasher::{HashError, Hasher};
pub use peppers::Peppers;
