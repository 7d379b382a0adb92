//! Clients for the services that this one calls.

pub(crate) mod privacy;
pub(crate) mod verification;
