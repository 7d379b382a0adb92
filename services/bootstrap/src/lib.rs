//! Bootstrap: what a store needs before its first request, with each backup, and after a restore. Each step can run twice, and
//! twice at once.

pub mod admin;
pub mod after_restore;
pub mod catalog;
pub mod certificates;
pub mod epoch;
pub mod libraries;
pub mod migrations;
mod patience;
