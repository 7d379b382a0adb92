//! Clients of the internal listeners.

use std::fs;

use estore_testbed::Shop;
use reqwest::{Certificate, Client, ClientBuilder, Identity};

/// Returns a builder for clients that trust the CA of a shop and show no certificate.
///
/// # Panics
/// If the shop has no CA.
#[expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test is no service")]
pub fn peer_builder(shop: &Shop) -> ClientBuilder {
    let authority = Certificate::from_pem(&pem(shop, "ca.crt")).expect("an authority");
    // The certificate does not name the address. These tests do not check the server's name.
    Client::builder().tls_danger_accept_invalid_hostnames(true).tls_certs_only([authority])
}

/// Returns a client that shows the certificate of `name`.
///
/// # Panics
/// If the shop has no certificate of that name.
#[must_use]
#[expect(clippy::expect_used, reason = "a test is no service")]
pub fn peer(shop: &Shop, name: &str) -> Client {
    let both = [pem(shop, &format!("{name}.crt")), pem(shop, &format!("{name}.key"))].concat();
    let identity = Identity::from_pem(&both).expect("a certificate and its key");
    peer_builder(shop).identity(identity).build().expect("a client")
}

#[expect(clippy::expect_used, reason = "a test is no service")]
fn pem(shop: &Shop, file: &str) -> Vec<u8> {
    fs::read(shop.directory().join("tls").join(file)).expect(file)
}
