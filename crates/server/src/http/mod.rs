//! The HTTP layers between a connection and a handler.

mod boundary;
mod bounds;
mod common;
mod connection;
mod connection_limit;
mod context;
mod cors;
mod docs;
mod handshake;
mod local_pages;
mod log;
mod pages;
mod record;
mod scrape;
mod server;
mod spans;
mod stack;
mod target;
mod tls;

pub(crate) use boundary::LONGEST;
pub use boundary::entry_body;
pub(crate) use bounds::{BOUNDS, Bounds};
pub(crate) use connection::{LAST, Stop};
use connection_limit::{Bound, ConnectionLimit, Slot};
pub use context::carry;
pub(crate) use cors::CORS_ALLOWED_ORIGINS;
pub use pages::SHOP_NAME;
use server::RemoteAddr;
pub(crate) use server::{Listener, serve};
pub(crate) use stack::{api, common_document, front, internal, management, public};
pub(crate) use tls::tls;
