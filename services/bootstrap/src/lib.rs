//! The bootstrap job. It prepares the stores before the first request, and raises the epoch with
//! each backup. It repairs the stores after a restore, archives old orders, and audits a shop that
//! runs. Each step can run twice, and twice at once.

pub mod admin;
pub mod after_restore;
pub mod archive;
pub mod audit;
pub mod catalog;
pub mod certificates;
pub mod config;
pub mod databases;
pub mod epoch;
pub mod exit;
#[cfg(feature = "kubernetes")]
pub mod kubernetes;
pub mod libraries;
pub mod migrations;
mod patience;
mod refused;
pub mod rotate_cards;
pub mod steps;
pub mod stores;

use std::io::{self, Write};

/// Prints a line on stdout.
pub fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
