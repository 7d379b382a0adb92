//! Certificates and their CA, over the years.

use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::api::{Patch, PatchParams, PostParams};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::cluster::{Cluster, cluster};

const PLAN: &str = r#"{"authority": "ca", "certificates": {"user-tls": ["user.estore.internal"]}}"#;

async fn run(cluster: &Cluster, plan: &str) -> String {
    let ended = cluster.run("secrets", &[("SECRETS_PLAN", plan)]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.said
}

/// Replaces the CA with one that has this time left.
async fn put_authority(cluster: &Cluster, left: Duration) -> (String, Issuer<'static, KeyPair>) {
    let (key, mut params) = (KeyPair::generate().unwrap(), CertificateParams::default());
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.not_before = now() - Duration::days(3000);
    params.not_after = now() + left;
    let pem = params.self_signed(&key).unwrap().pem();
    put(cluster, "ca", &[("ca.crt", &pem), ("ca.key", &key.serialize_pem())]).await;
    (pem, Issuer::new(params, key))
}

fn now() -> OffsetDateTime {
    use estore_base::clock::{Clock, SystemClock};
    SystemClock.now()
}

async fn put(cluster: &Cluster, name: &str, data: &[(&str, &str)]) {
    let api = cluster.api::<Secret>();
    let mut secret = api.get(name).await.unwrap();
    let pairs = data.iter().map(|(key, value)| ((*key).to_owned(), ByteString(value.as_bytes().to_vec())));
    secret.data.get_or_insert_default().extend(pairs);
    let _written = api.replace(name, &PostParams::default(), &secret).await.unwrap();
}

#[tokio::test]
async fn only_due_or_renamed_certificates_are_renewed() {
    let Some(cluster) = cluster().await else { return };
    let _made = run(&cluster, PLAN).await;
    let first = cluster.secret("user-tls").await;
    let renamed = PLAN.replace("user.estore.internal", "user.estore.example");
    assert!(run(&cluster, &renamed).await.contains("user-tls: renewed (its names changed)"));
    let second = cluster.secret("user-tls").await;
    assert!(first["tls.crt"] != second["tls.crt"] && first["tls.key"] != second["tls.key"]);
    assert!(run(&cluster, &renamed).await.contains("user-tls: kept"));

    let authority = cluster.secret("ca").await;
    let key = KeyPair::from_pem(&authority["ca.key"]).unwrap();
    let issuer = Issuer::from_ca_cert_pem(&authority["ca.crt"], key).unwrap();
    let mut params = CertificateParams::new(vec!["user.estore.internal".to_owned()]).unwrap();
    params.not_before = now() - Duration::days(300);
    params.not_after = now() + Duration::days(65);
    let key = KeyPair::generate().unwrap();
    let old = params.signed_by(&key, &issuer).unwrap().pem();
    put(&cluster, "user-tls", &[("tls.crt", &old), ("tls.key", &key.serialize_pem())]).await;
    assert!(run(&cluster, PLAN).await.contains("user-tls: renewed (it was due)"));
    assert_eq!(cluster.secret("ca").await, authority);
}

#[tokio::test]
async fn new_ca_is_bundled_with_the_old() {
    let Some(cluster) = cluster().await else { return };
    let _made = run(&cluster, PLAN).await;
    let (old, issuer) = put_authority(&cluster, Duration::days(720)).await;
    let mut params = CertificateParams::new(vec!["user.estore.internal".to_owned()]).unwrap();
    params.not_before = now() - Duration::days(10);
    params.not_after = now() + Duration::days(355);
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, &issuer).unwrap().pem();
    put(&cluster, "user-tls", &[("tls.crt", &leaf), ("tls.key", &key.serialize_pem()), ("ca.crt", &old)])
        .await;

    let said = run(&cluster, PLAN).await;
    assert!(said.contains("ca: renewed (less than two years were left)"), "{said}");
    assert!(said.contains("user-tls: renewed (its ca.crt alone)"), "{said}");
    let (authority, kept) = (cluster.secret("ca").await, cluster.secret("user-tls").await);
    let plain = |pem: &str| pem.replace(['\r', '\n'], "");
    assert_eq!(authority["ca.crt"].matches("BEGIN CERTIFICATE").count(), 2);
    assert!(plain(&authority["ca.crt"]).ends_with(&plain(&old)), "the old is the second");
    assert_eq!(kept["tls.crt"], leaf);
    assert_eq!(kept["ca.crt"], authority["ca.crt"]);
    assert!(run(&cluster, PLAN).await.contains("user-tls: kept"));
}

#[tokio::test]
async fn certificates_follow_a_replaced_ca() {
    let Some(cluster) = cluster().await else { return };
    let _made = run(&cluster, PLAN).await;
    let _put = put_authority(&cluster, Duration::days(3000)).await;
    assert!(run(&cluster, PLAN).await.contains("user-tls: renewed (its CA changed)"));

    // An incomplete CA is not replaced: the person who put it there must decide.
    let patch = Patch::Merge(json!({"data": {"ca.key": null}}));
    let _halved = cluster.api::<Secret>().patch("ca", &PatchParams::default(), &patch).await.unwrap();
    let ended = cluster.run("secrets", &[("SECRETS_PLAN", PLAN)]).await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
    assert!(ended.error.contains("ca.key is missing"), "{ended:?}");
}
