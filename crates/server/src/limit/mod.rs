//! Rate limits that all replicas share. Each bucket of cells is one entry in the service's own
//! store (GCRA, the generic cell rate algorithm), counted by the store's clock.
//!
//! A route declares its [`Class`] at its registration ([`limited`]). A class has a [`Policy`] for
//! each [`Scope`] that counts. A request above the limit gets 429 with `Retry-After`. If the store
//! does not answer, every limited request gets 503.

mod buckets;
mod class;
mod document;
mod fields;
mod lease;
mod limiter;
mod limits;
mod policy;
mod postgres;
mod redis;
mod route;
mod rules;

pub use buckets::Buckets;
pub use class::{Class, Scope};
pub use limiter::{Limiter, charge_account};
pub use limits::Limits;
pub use policy::Policy;
pub use postgres::sweep;
pub use redis::LIBRARY;
pub(crate) use route::Classes;
pub use route::limited;
pub(crate) use rules::SETTINGS;
