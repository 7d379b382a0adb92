//! Callers of an internal listener.

use estore_testbed::ServiceName::Inventory;
use estore_tests::Answer;
use rcgen::ExtendedKeyUsagePurpose;
use reqwest::{Client, ClientBuilder, tls::Version};

use super::{
    super::{replica::Replica, wire},
    authority::{Authority, GOOD, NOT_YET, OVER, Pair},
    mounted::Mounted,
};

/// Returns a builder for clients that accept any server certificate of this CA.
#[expect(clippy::disallowed_methods, reason = "a test is no service")]
pub(super) fn builder(authority: &Authority) -> ClientBuilder {
    Client::builder()
        .tls_danger_accept_invalid_hostnames(true)
        .tls_certs_only([authority.root()])
        .tls_info(true)
}

pub(super) fn client(authority: &Authority, pair: &Pair) -> Client {
    builder(authority).identity(pair.identity()).build().unwrap()
}

/// Starts Inventory with a certificate of this CA.
async fn inventory(name: &str, authority: &Authority) -> Replica {
    let mounted = Mounted::new(name, &authority.service("inventory"), &authority.pem);
    let settings = mounted.settings();
    Replica::start_anyhow(Inventory, &settings.each_ref().map(|(name, value)| (*name, value.as_str()))).await
}

#[tokio::test]
async fn caller_with_bad_certificate_is_refused_in_handshake() {
    use ExtendedKeyUsagePurpose::ServerAuth;
    let (ours, foreign) = (Authority::new(), Authority::new());
    let replica = inventory("callers", &ours).await;
    let url = format!("https://127.0.0.1:{}/internal/reservations?limit=1", replica.process.internal_port);
    let payment = ["payment.estore.internal"];
    let _taken = Answer::of(client(&ours, &ours.service("payment")).get(&url)).await;
    for (what, pair) in [
        ("over", ours.issue(&payment, OVER)),
        ("not yet good", ours.issue(&payment, NOT_YET)),
        ("foreign", foreign.issue(&payment, GOOD)),
        ("for servers alone", ours.issue_for(&payment, GOOD, &[ServerAuth])),
    ] {
        assert!(Answer::try_of(client(&ours, &pair).get(&url)).await.is_err(), "{what}");
    }
    let pair = Pair { key: ours.service("payment").key, ..ours.service("payment") };
    assert!(Answer::try_of(builder(&ours).build().unwrap().get(&url)).await.is_err(), "none");
    assert!(builder(&ours).identity(pair.identity()).build().is_err(), "a key that is not the certificate's");
    assert!(
        replica.metric("http_connections_refused_total{listener=\"internal\",reason=\"tls\"}").await >= 5
    );
}

#[tokio::test]
async fn certificate_must_name_exactly_one_peer() {
    let ours = Authority::new();
    let replica = inventory("names", &ours).await;
    let url = format!("https://127.0.0.1:{}/internal/reservations?limit=1", replica.process.internal_port);
    let cases: [&[&str]; 8] = [
        &["evil.estore.internal"],
        &["payment.estore.internal.evil.example"],
        &["*.estore.internal"],
        &["payment"],
        &["PAYMENT.estore.internal"],
        &["payment.estore.internal", "inventory.estore.internal"],
        &["127.0.0.1"],
        &[],
    ];
    for names in cases {
        let answer = Answer::of(client(&ours, &ours.issue(names, GOOD)).get(&url)).await;
        let _refused = answer.refused(403, "forbidden");
    }
    assert_ne!(Answer::of(client(&ours, &ours.service("payment")).get(&url)).await.status, 403);
}

#[tokio::test]
async fn old_tls_versions_and_plaintext_are_refused() {
    let ours = Authority::new();
    let replica = inventory("versions", &ours).await;
    let url = format!("https://127.0.0.1:{}/internal/nope", replica.process.internal_port);
    let old = builder(&ours).identity(ours.service("payment").identity());
    let old = old.tls_version_min(Version::TLS_1_2).tls_version_max(Version::TLS_1_2).build().unwrap();
    assert!(Answer::try_of(old.get(&url)).await.is_err());
    let _new = Answer::of(client(&ours, &ours.service("payment")).get(&url)).await.expect(404);

    // A ClientHello of TLS 1.1, with one cipher suite of its time.
    let mut hello = vec![0x16, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 4, 0xc0, 0x13, 0, 0x2f, 1, 0]);
    for bytes in [&hello[..], b"GET /internal/reservations HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let heard = wire::say(replica.process.internal_port, bytes, std::time::Duration::from_secs(5));
        assert!(heard.ended && !heard.text.starts_with('\u{16}') && heard.statuses().is_empty(), "{heard:?}");
    }
}
