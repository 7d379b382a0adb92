//! The serving side of a program: its lifecycle, its listeners and its documents. Guards, rate
//! limits and extractors lead a request to its handler; problems and pages lead back.

#![warn(missing_docs)]

/// Requests allocate many small values that live as long as the request, which this allocator is
/// made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod auth;
pub mod cursor;
pub mod epoch;
pub mod extract;
mod freeze;
mod gather;
mod health;
mod http;
mod lifecycle;
pub mod limit;
mod openapi;
pub mod page;
mod problem;
mod readiness;
mod settings;
mod start_error;
mod weights;

pub use gather::{Waiting, gather};
pub use http::{SHOP_NAME, carry, entry_body};
pub use lifecycle::{Api, Build, BuildFront, Front, Service, front, main, work};
pub use openapi::Documents;
pub use problem::Problem;
pub use readiness::Readiness;
pub use settings::{API, COMMON, FRONT, TELEMETRY, WORK};
pub use start_error::StartError;
