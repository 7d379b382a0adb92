//! Everything between a connection and a handler.

mod boundary;
mod bounds;
mod client;
mod common;
mod connection;
pub(crate) mod context;
mod cors;
mod docs;
mod handshake;
mod log;
mod pages;
mod patient;
mod server;
mod slots;
pub(crate) mod spans;
mod stack;
mod target;
mod trusted_proxies;

pub(crate) use bounds::Bounds;
pub use client::ClientAddress;
pub(crate) use common::Health;
pub(crate) use connection::{LAST, Stop};
pub use context::carry;
pub use server::RemoteAddr;
pub(crate) use server::{Listener, serve};
pub(crate) use slots::{Bound, Slot, Slots};
pub(crate) use stack::{common_document, internal, management, public};
pub(crate) use trusted_proxies::TrustedProxies;
