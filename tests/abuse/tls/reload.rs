//! Certificates that are replaced while a service runs.

use std::{collections::BTreeMap, time::Duration};

use estore_testbed::ServiceName::Inventory;
use estore_tests::{Answer, until};
use reqwest::tls::TlsInfo;
use tokio_rustls::rustls::{
    pki_types::{CertificateDer, pem::PemObject},
    version::TLS13,
};

use super::{
    super::replica::Replica,
    authority::{Authority, GOOD, OVER, Pair, end},
    callers::client,
    fake::Fake,
    mounted::Mounted,
};

const SOON: Duration = Duration::from_secs(10);
const EXPIRES: &str = "estore_certificate_expires_seconds{shown_by=\"service\"}";
const LATER: (i32, i32) = (2020, 2091);

struct Stand {
    replica: Replica,
    mounted: Mounted,
    fake: Fake,
}

impl Stand {
    async fn start(name: &str, pair: &Pair, authority: &Authority) -> Self {
        let fake = Fake::start().await;
        fake.show(&authority.service("user"), &[authority], &TLS13);
        let mounted = Mounted::new(name, pair, &authority.pem);
        let mut settings: BTreeMap<&str, String> = mounted.settings().into_iter().collect();
        settings.insert("USER_SERVICE_URL", format!("https://127.0.0.1:{}", fake.port));
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self { replica: Replica::start_anyhow(Inventory, &settings).await, mounted, fake }
    }

    /// Returns the certificate that the internal listener shows to a new caller, or `None` if it
    /// rejects the caller.
    async fn shown(&self, authority: &Authority, caller: &Authority) -> Option<Vec<u8>> {
        let url = format!("https://127.0.0.1:{}/internal/nope", self.replica.process.internal_port);
        let answer = client(authority, &caller.service("payment")).get(url).send().await.ok()?;
        Some(answer.extensions().get::<TlsInfo>().unwrap().peer_certificate().unwrap().to_vec())
    }

    /// Returns the client certificate that the service uses for a call now, or `None` if it rejects
    /// the server.
    async fn used(&self) -> Option<Vec<u8>> {
        self.fake.calls();
        let http = &self.replica.access.http;
        let answer = Answer::of(http.get(self.replica.url("/categories")).bearer_auth("x")).await;
        let calls = self.fake.calls();
        let asked =
            calls.iter().find(|call| call.text.contains("introspect")).map(|call| call.certificate.clone());
        assert_eq!(answer.status, if asked.is_some() { 401 } else { 503 });
        asked
    }

    fn told(&self, what: &str) -> usize {
        self.replica
            .log()
            .iter()
            .filter(|line| line.contains(what) && line.contains("\"of\":\"server\""))
            .count()
    }
}

fn der(pair: &Pair) -> Vec<u8> {
    CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap().to_vec()
}

#[tokio::test]
async fn renewed_certificate_is_used_without_a_restart() {
    let ours = Authority::new();
    let (first, second) = (ours.service("inventory"), ours.issue(&["inventory.estore.internal"], LATER));
    let mut stand = Stand::start("renewed", &first, &ours).await;
    assert_eq!((stand.shown(&ours, &ours).await, stand.used().await), (Some(der(&first)), Some(der(&first))));
    assert_eq!(stand.replica.metric(EXPIRES).await, end(GOOD));

    stand.mounted.exchange(&second.certificate, &second.key, &ours.pem);
    let _shown =
        until(SOON, async || stand.shown(&ours, &ours).await, |shown| *shown == Some(der(&second))).await;
    let _used = until(SOON, async || stand.used().await, |used| *used == Some(der(&second))).await;
    assert_eq!(stand.replica.metric(EXPIRES).await, end(LATER));
    assert!(stand.replica.process.ended().is_none());
}

#[tokio::test]
async fn invalid_certificate_is_logged_once_old_one_stays() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    let name = ["inventory.estore.internal"];
    let (first, other) = (ours.service("inventory"), ours.service("inventory"));
    let over = ours.issue(&name, OVER);
    let strange = foreign.issue(&name, GOOD);
    let stand = Stand::start("broken", &first, &ours).await;
    let half = &other.certificate[..other.certificate.len() / 2];
    let cases = [
        ("another's key", other.certificate.as_str(), first.key.as_str(), ours.pem.as_str()),
        ("no certificate", "nothing", &other.key, &ours.pem),
        ("half a certificate", half, &other.key, &ours.pem),
        ("no key", &other.certificate, "", &ours.pem),
        ("over", &over.certificate, &over.key, &ours.pem),
        ("of no authority of ours", &strange.certificate, &strange.key, &ours.pem),
        ("no authority", &other.certificate, &other.key, "nothing"),
    ];
    for (n, (what, certificate, key, authorities)) in cases.into_iter().enumerate() {
        stand.mounted.exchange(certificate, key, authorities);
        let told = async || stand.told("cannot load new certificates");
        let _told = until(SOON, told, |told| *told == n + 1).await;
        assert_eq!(
            (stand.shown(&ours, &ours).await, stand.used().await),
            (Some(der(&first)), Some(der(&first))),
            "{what}"
        );
    }
    stand.mounted.take_away();
    let _told = until(SOON, async || stand.told("cannot be read"), |told| *told == 1).await;
    assert_eq!(stand.shown(&ours, &ours).await, Some(der(&first)));
    assert_eq!(stand.told("cannot load new certificates"), cases.len() + 1);
    assert_eq!(stand.replica.metric(EXPIRES).await, end(GOOD));
    assert!(stand.replica.log().iter().all(|line| !line.contains("PRIVATE KEY")));

    stand.mounted.exchange(&other.certificate, &other.key, &ours.pem);
    let _shown =
        until(SOON, async || stand.shown(&ours, &ours).await, |shown| *shown == Some(der(&other))).await;
}

#[tokio::test]
async fn removed_ca_is_no_longer_trusted() {
    let (old, new) = (Authority::new(), Authority::new());
    let (first, second) = (old.service("inventory"), new.service("inventory"));
    let stand = Stand::start("authorities", &first, &old).await;
    assert_eq!(stand.shown(&old, &new).await, None);

    // First both CAs, then a certificate of the new one, then the new CA alone.
    let both = format!("{}{}", new.pem, old.pem);
    stand.mounted.exchange(&first.certificate, &first.key, &both);
    let _taken =
        until(SOON, async || stand.shown(&old, &new).await, |shown| *shown == Some(der(&first))).await;
    assert_eq!(stand.shown(&old, &old).await, Some(der(&first)));
    stand.fake.show(&new.service("user"), &[&old, &new], &TLS13);
    let _used = until(SOON, async || stand.used().await, |used| *used == Some(der(&first))).await;

    stand.mounted.exchange(&second.certificate, &second.key, &both);
    let _shown =
        until(SOON, async || stand.shown(&new, &old).await, |shown| *shown == Some(der(&second))).await;
    let _used = until(SOON, async || stand.used().await, |used| *used == Some(der(&second))).await;

    stand.mounted.exchange(&second.certificate, &second.key, &new.pem);
    let _refused = until(SOON, async || stand.shown(&new, &old).await, Option::is_none).await;
    assert_eq!(stand.shown(&new, &new).await, Some(der(&second)));
    assert_eq!(stand.used().await, Some(der(&second)));
    stand.fake.show(&old.service("user"), &[&old, &new], &TLS13);
    let _refused = until(SOON, async || stand.used().await, Option::is_none).await;
}
