//! Bootstrap: what a store needs before its first request. Each step can run twice, and twice at once.

pub mod admin;
pub mod catalog;
pub mod certificates;
pub mod libraries;
pub mod migrations;
mod patience;
