//! Faults on demand: the API on a platform that records its calls, the timetable in virtual time,
//! and the exact requests to the Kubernetes API.
#![cfg(test)]

mod api;
mod certificates;
mod engine;
mod fake;
mod http_client;
mod payment;
#[cfg(feature = "pods")]
mod pods;
#[cfg(feature = "pods")]
mod pods_freeze;
mod running;
mod silent;
mod timetable;
