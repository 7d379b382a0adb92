//! The plumbing that the services share: configuration, telemetry, lifecycle, HTTP, internal mutual TLS, guards, stores.

/// Requests make many small values that live as long as the request; this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod auth;
pub mod clock;
pub mod config;
pub mod cursor;
pub mod epoch;
pub mod extract;
pub mod fail;
mod http;
pub mod jobs;
mod lifecycle;
pub mod limit;
mod live;
pub mod metrics;
mod openapi;
pub mod outside;
pub mod page;
pub mod peer;
mod pem;
pub mod pg;
mod problem;
pub mod process;
pub mod random;
mod readiness;
pub mod redis;
pub mod seal;
mod seldom;
mod telemetry;
pub mod trace;
mod weights;

pub use http::{ClientAddress, RemoteAddr, carry};
pub use lifecycle::{Build, Platform, Service, StartError, main, work};
pub use openapi::Documents;
pub use problem::Problem;
pub use readiness::Readiness;
