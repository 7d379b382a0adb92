//! The network policies of the demonstration. Its APIs ask for no login, so that the network alone
//! keeps strangers out.

use anyhow::Result;

use crate::{
    cluster::Cluster,
    steps::edges::{Edge, Survey},
    trial::Trial,
};

/// The targets of the demonstration, and those of the shop that it adds clients to.
const EDGES: [Edge; 11] = [
    ("chaos", 8086, &["storefront"]),
    ("chaos", 8186, &["prometheus"]),
    ("shopper", 8087, &["storefront"]),
    ("shopper", 8187, &["prometheus"]),
    ("prometheus", 9090, &["storefront"]),
    ("traces", 4318, &["storefront", "user", "payment", "chaos", "shopper"]),
    ("payment-internal", 8200, &["user", "bootstrap", "chaos"]),
    ("payment-internal", 8100, &["prometheus"]),
    ("payment", 8000, &["storefront", "shopper", "stranger", "outside"]),
    ("redis", 6379, &["payment", "bootstrap", "audit"]),
    ("mail", 1025, &[]),
];

/// The components that try.
const FROM: [&str; 10] = [
    "storefront",
    "user",
    "payment",
    "bootstrap",
    "chaos",
    "shopper",
    "prometheus",
    "audit",
    "stranger",
    "outside",
];

pub(super) async fn run(trial: &Trial, place: &Cluster) -> Result<String> {
    let (outside, image) = (&trial.outside, trial.image.as_str());
    let tried = Survey { cluster: place, outside, image, edges: &EDGES, from: &FROM }.run().await?;
    Ok(format!("{tried} edges tried from {} places, each open or shut as it should be", FROM.len()))
}
