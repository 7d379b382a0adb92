//! Calls to other services' internal routes: mutual TLS, deadlines, retries.

mod client;
mod identity;
mod verify;

pub(crate) use client::chain;
pub use client::{PeerClient, PeerError};
pub use identity::Identity;
pub(crate) use identity::SETTINGS;
