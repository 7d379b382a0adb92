//! Servers that a service calls: one with the wrong identity receives nothing.

use estore_testbed::ServiceName::Inventory;
use estore_tests::Answer;
use rcgen::ExtendedKeyUsagePurpose;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use super::{
    super::replica::Replica,
    authority::{Authority, GOOD, NOT_YET, OVER},
    fake::Fake,
    mounted::Mounted,
};

const TOKEN: &str = "a-token-that-only-the-user-service-may-see";

#[tokio::test]
async fn server_with_wrong_identity_receives_nothing() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    let fake = Fake::start().await;
    let mounted = Mounted::new("servers", &ours.service("inventory"), &ours.pem);
    let url = format!("https://127.0.0.1:{}", fake.port);
    let mut settings = mounted.settings().to_vec();
    settings.push(("USER_SERVICE_URL", url));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let replica = Replica::start_anyhow(Inventory, &settings).await;
    let ask =
        async || Answer::of(replica.access.http.get(replica.url("/categories")).bearer_auth(TOKEN)).await;

    let user = ["user.estore.internal"];
    fake.show(&ours.service("user"), &[&ours], &TLS13);
    let _asked = ask().await.refused(401, "invalid_token");
    assert!(fake.calls().iter().any(|call| call.text.contains(TOKEN)));
    for (what, pair) in [
        ("another service", ours.service("payment")),
        ("over", ours.issue(&user, OVER)),
        ("not yet good", ours.issue(&user, NOT_YET)),
        ("foreign", foreign.issue(&user, GOOD)),
        ("for clients alone", ours.issue_for(&user, GOOD, &[ExtendedKeyUsagePurpose::ClientAuth])),
        ("by its address", ours.issue(&["127.0.0.1"], GOOD)),
        ("nameless", ours.issue(&[], GOOD)),
        ("a neighbour's name", ours.issue(&["user.estore.internal.evil.example"], GOOD)),
    ] {
        fake.show(&pair, &[&ours], &TLS13);
        let _refused = ask().await.refused(503, "unavailable");
        assert!(fake.calls().is_empty(), "{what}");
    }
    fake.show(&ours.service("user"), &[&ours], &TLS12);
    let _refused = ask().await.refused(503, "unavailable");
    assert!(fake.calls().is_empty(), "TLS 1.2");
    fake.show_nothing();
    let _refused = ask().await.refused(503, "unavailable");
    assert!(fake.calls().iter().all(|call| call.text.starts_with('\u{16}') && !call.text.contains(TOKEN)));
    fake.show(&ours.service("user"), &[&ours], &TLS13);
    let _asked = ask().await.refused(401, "invalid_token");
}
