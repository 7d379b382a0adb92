//! Shared support for tests and benchmarks: a shop and its customers.

mod answer;
mod canary;
mod collector;
mod customer;
mod given;
mod mails;
mod peer;
mod shared;
mod store;
mod until;

use std::{collections::BTreeMap, path::PathBuf};

use estore_testbed::{Limits, Options, Ports, Shop, Stores};

pub use answer::Answer;
pub use canary::{Canary, Search};
pub use collector::{Collector, Manner, Step};
pub use customer::{CARD, Customer, PASSWORD};
pub use given::{is_given, variable};
pub use mails::{Mail, Mails};
pub use peer::{peer, peer_builder};
pub use reqwest::{Client, Method, RequestBuilder};
pub use shared::{Access, access, directory, http, program, shop, unique, unique_id};
pub use store::connect_to_store;
pub use until::{until, until_logged};

/// The first admin of every test shop.
pub const ADMIN: (&str, &str) = ("admin@example.com", "correct-horse-battery-staple");

/// Returns the project's root.
#[must_use]
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Erases a shop in `directory`, and returns the options for a new one there.
///
/// # Panics
/// If the data cannot be erased.
#[must_use]
#[expect(clippy::expect_used, reason = "a test")]
pub fn fresh(directory: PathBuf, settings: &[(&str, &str)]) -> Options {
    Shop::erase(&directory).expect("erase the data of an earlier run");
    options(directory, settings)
}

/// Returns the options for a shop on free ports, with its data in `directory`.
#[must_use]
pub fn options(directory: PathBuf, settings: &[(&str, &str)]) -> Options {
    let settings: BTreeMap<String, String> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Options {
        directory,
        project: project(),
        ports: Ports::Free,
        durable: false,
        replicas: 1,
        proxied: false,
        stores: Stores::Plain,
        seed: 0,
        faults: false,
        mails_kept: 1_000,
        // Tests send many requests. Those of the limits turn the limits on.
        limits: Limits::Off,
        settings: settings.into(),
        admin: (ADMIN.0.to_owned(), ADMIN.1.to_owned()),
        progress: Box::new(|_| {}),
    }
}
