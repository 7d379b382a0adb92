//! `bootstrap secrets`: one value for each key, whoever creates it, and for good.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use k8s_openapi::{
    ByteString,
    api::{batch::v1::Job, core::v1::Secret},
};
use kube::api::{ObjectMeta, PostParams};

use crate::cluster::cluster;

pub(crate) const PLAN: &str = r#"{
    "labels": {"app.kubernetes.io/instance": "estore"},
    "secrets": {
        "estore-user": {"database-password": "password", "jwt-secret": "jwt-secret"},
        "estore-payment": {"redis-password": "password", "card-keys": "key-ring"}},
    "authority": "estore-ca",
    "certificates": {
        "estore-user-tls": ["user.estore.internal"],
        "estore-redis-tls": ["estore-redis", "estore-redis.shop.svc", "localhost"]}}"#;

#[tokio::test]
async fn missing_secrets_are_created_and_later_kept() {
    let Some(cluster) = cluster().await else { return };
    let first = cluster.run("secrets", &[("SECRETS_PLAN", PLAN)]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    let made = cluster.secrets().await;
    let names: BTreeSet<&str> = made.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["estore-ca", "estore-payment", "estore-redis-tls", "estore-user", "estore-user-tls"].into()
    );
    let keys = |name: &str| made[name].keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(keys("estore-user"), ["database-password", "jwt-secret"]);
    assert_eq!(keys("estore-ca"), ["ca.crt", "ca.key"]);
    assert_eq!(keys("estore-user-tls"), ["ca.crt", "tls.crt", "tls.key"]);
    assert_eq!(made["estore-user-tls"]["ca.crt"], made["estore-ca"]["ca.crt"]);
    let object = cluster.api::<Secret>().get("estore-redis-tls").await.unwrap();
    assert_eq!(object.type_.as_deref(), Some("kubernetes.io/tls"));
    let labels = object.metadata.labels.unwrap();
    assert_eq!(labels["app.kubernetes.io/instance"], "estore");
    assert_eq!(labels["app.kubernetes.io/managed-by"], "estore-bootstrap");
    for value in made.values().flat_map(|data| data.values()) {
        assert!(!first.said.contains(value.trim()), "a value was printed");
    }
    assert_eq!(first.said.matches(": made").count(), 5, "{}", first.said);

    let second = cluster.run("secrets", &[("SECRETS_PLAN", PLAN)]).await;
    assert_eq!(second.code, Some(0), "{second:?}");
    assert_eq!(second.said.matches(": kept").count(), 5, "{}", second.said);
    assert_eq!(cluster.secrets().await, made);
}

#[tokio::test]
async fn ten_parallel_runs_agree_on_each_value() {
    let Some(cluster) = cluster().await else { return };
    let all = join_all((0..10).map(|_| cluster.run("secrets", &[("SECRETS_PLAN", PLAN)]))).await;
    assert!(all.iter().all(|ended| ended.code == Some(0)), "{all:?}");
    for name in ["estore-user", "estore-payment", "estore-ca", "estore-user-tls", "estore-redis-tls"] {
        let makers = all.iter().filter(|ended| ended.said.contains(&format!("{name}: made"))).count();
        assert_eq!(makers, 1, "{name}");
    }
    let made = cluster.secrets().await;
    let again = cluster.run("secrets", &[("SECRETS_PLAN", PLAN)]).await;
    assert_eq!(again.said.matches(": kept").count(), 5, "they go together: {}", again.said);
    assert_eq!(cluster.secrets().await, made);
}

#[tokio::test]
async fn existing_key_is_kept_and_missing_one_added() {
    let Some(cluster) = cluster().await else { return };
    let data = [("database-password", "chosen by a person"), ("note", "theirs")];
    let theirs = Secret {
        metadata: ObjectMeta { name: Some("estore-user".to_owned()), ..ObjectMeta::default() },
        data: Some(data.map(|(key, value)| (key.to_owned(), ByteString(value.into()))).into()),
        ..Secret::default()
    };
    let _made = cluster.api::<Secret>().create(&PostParams::default(), &theirs).await.unwrap();
    let all = join_all((0..5).map(|_| cluster.run("secrets", &[("SECRETS_PLAN", PLAN)]))).await;
    assert!(all.iter().all(|ended| ended.code == Some(0)), "{all:?}");
    let added = all.iter().filter(|ended| ended.said.contains("estore-user: key added (jwt-secret)")).count();
    assert_eq!(added, 1, "{all:?}");
    let found = cluster.secret("estore-user").await;
    assert_eq!(found["database-password"], "chosen by a person");
    assert_eq!(found["note"], "theirs");
    assert_eq!(found["jwt-secret"].len(), 64);
}

#[tokio::test]
async fn wrong_plan_or_namespace_is_a_setting_error() {
    let Some(cluster) = cluster().await else { return };
    let wrong = cluster.run("secrets", &[("SECRETS_PLAN", r#"{"secretz": {}}"#)]).await;
    assert_eq!(wrong.code, Some(78), "{wrong:?}");
    assert!(wrong.error.contains("SECRETS_PLAN") && wrong.error.contains("secretz"), "{wrong:?}");
    let nowhere = cluster.run("secrets", &[("SECRETS_PLAN", PLAN), ("POD_NAMESPACE", "no-such-place")]).await;
    assert_eq!(nowhere.code, Some(78), "{nowhere:?}");
    assert!(nowhere.error.contains("no-such-place"), "{nowhere:?}");
}

/// Builds a Job as helm creates it, if `release` is given.
fn job(name: &str, release: Option<&str>) -> Job {
    let notes: BTreeMap<_, _> =
        release.map(|release| ("meta.helm.sh/release-name", release)).into_iter().collect();
    serde_json::from_value(serde_json::json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "annotations": notes},
        "spec": {"suspend": true, "template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "one", "image": "none.example/one:1"}],
        }}},
    }))
    .unwrap()
}

#[tokio::test]
async fn earlier_job_makes_room_for_the_next() {
    let Some(cluster) = cluster().await else { return };
    let _made = cluster.create(&job("boot", Some("estore"))).await;
    let settings = [("SECRETS_PLAN", PLAN), ("REPLACED_JOBS", "boot,none-of-this-name")];
    for said in [1, 0] {
        let ended = cluster.run("secrets", &settings).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(ended.said.matches("job boot: removed").count(), said, "{ended:?}");
        assert!(cluster.api::<Job>().get_opt("boot").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn job_of_another_release_stays() {
    let Some(cluster) = cluster().await else { return };
    let _made = cluster.create(&job("boot", Some("another"))).await;
    let ended = cluster.run("secrets", &[("SECRETS_PLAN", PLAN), ("REPLACED_JOBS", "boot")]).await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
    assert!(ended.error.contains("the job boot belongs to the release another"), "{ended:?}");
    assert!(cluster.api::<Job>().get_opt("boot").await.unwrap().is_some());
}

#[tokio::test]
async fn job_that_helm_did_not_make_stays() {
    let Some(cluster) = cluster().await else { return };
    let _made = cluster.create(&job("boot", None)).await;
    let ended = cluster.run("secrets", &[("SECRETS_PLAN", PLAN), ("REPLACED_JOBS", "boot")]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.said.contains("job boot: left alone"), "{ended:?}");
    assert!(cluster.api::<Job>().get_opt("boot").await.unwrap().is_some());
}
