//! Everything between a connection and a handler.

mod boundary;
mod client;
mod common;
mod connection;
pub(crate) mod context;
mod cors;
mod docs;
mod server;
mod stack;

pub use client::ClientAddress;
pub(crate) use client::TrustedProxies;
pub(crate) use common::Health;
pub(crate) use connection::Stop;
pub use context::carry;
pub use server::RemoteAddr;
pub(crate) use server::{Listener, serve};
pub(crate) use stack::{common_document, internal, management, public};
