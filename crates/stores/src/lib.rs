//! The stores: connections to Postgres and Redis, their readiness checks and their metrics. This
//! crate knows no request and no peer.

pub mod pg;
pub mod queue;
pub mod redis;
mod refusals;
mod shown;
