//! Bootstrap: what a store needs before its first request, with each backup, after a restore, and when it is full of what is old. Each step can run twice, and
//! twice at once.

pub mod admin;
pub mod after_restore;
pub mod archive;
pub mod catalog;
pub mod certificates;
pub mod databases;
pub mod epoch;
pub mod exit;
pub mod kubernetes;
pub mod libraries;
pub mod migrations;
mod patience;
pub mod rotate_cards;
pub mod steps;
pub mod stores;

use std::io::{self, Write};

/// A line for whoever watches.
pub fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
