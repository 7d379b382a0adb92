//! Clients for the services that this one calls.

pub(crate) mod user;
