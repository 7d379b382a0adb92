//! The shopper: customers and an admin of a shop, as a program. It places one order for `helm
//! test`, makes the load of tests, and serves load on demand for the demo. It uses the public APIs
//! and the storefront alone, as any client does.

mod client;
pub mod commands;
mod config;
mod domain;
mod error;
pub mod history;
mod line;
pub mod load;
mod metrics;
mod routes;
mod serve;

pub use client::{Account, Answer, Place, Refused, Request, ShopClient};
pub use config::SETTINGS;
pub use history::History;
pub use line::{Ended, Line};
pub use metrics::METRICS;
pub use serve::API;
