//! Rate limits that all replicas share: each bucket of cells is one entry in the service's own store (GCRA, the generic cell
//! rate algorithm), counted by the store's clock.
//!
//! A route says its [`Class`] where it is added ([`limited`]); a class has a [`Policy`] for each [`Scope`] that counts. Who asks too
//! often gets 429 with `Retry-After`. Where the store does not answer, nobody gets in (503).

mod buckets;
mod class;
mod document;
mod fields;
mod keyed;
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
pub use keyed::KeyedHash;
pub use limiter::{Limiter, charge_account};
pub use limits::Limits;
pub(crate) use limits::REFUSED;
pub use policy::Policy;
pub use postgres::sweep;
pub use redis::LIBRARY;
pub(crate) use route::Classes;
pub use route::limited;
