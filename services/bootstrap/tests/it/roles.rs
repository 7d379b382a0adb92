//! The permissions of each command, and no more: the Roles that the chart grants.

use k8s_openapi::api::rbac::v1::PolicyRule;

use crate::{
    cluster::{Cluster, cluster, rule},
    secrets::PLAN,
    shop::job,
};

const NAMES: [&str; 5] =
    ["estore-user", "estore-payment", "estore-ca", "estore-user-tls", "estore-redis-tls"];

async fn secrets_as(cluster: &Cluster, account: &str, rules: Vec<PolicyRule>) -> crate::cluster::Ended {
    let user = cluster.account(account, rules).await;
    cluster.run("secrets", &[("SECRETS_PLAN", PLAN), ("KUBE_RS_DEBUG_IMPERSONATE_USER", &user)]).await
}

#[tokio::test]
async fn secrets_needs_named_get_update_and_create() {
    let Some(cluster) = cluster().await else { return };
    let named = rule("", "secrets", &NAMES, &["get", "update"]);
    let create = rule("", "secrets", &[], &["create"]);
    let ended = secrets_as(&cluster, "without-create", vec![named.clone()]).await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
    assert!(ended.error.contains("a permission is missing"), "{ended:?}");
    assert!(ended.error.contains(r#"cannot create resource "secrets""#), "{ended:?}");
    let ended = secrets_as(&cluster, "whole", vec![named, create.clone()]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = secrets_as(&cluster, "without-get", vec![create]).await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
    assert!(ended.error.contains(r#"cannot get resource "secrets""#), "{ended:?}");
}

#[tokio::test]
async fn run_needs_its_config_map_and_events() {
    let Some(cluster) = cluster().await else { return };
    let status = rule("", "configmaps", &["boot-status"], &["get", "update"]);
    let maps = rule("", "configmaps", &[], &["create"]);
    let user = cluster.account("without-status", vec![maps.clone()]).await;
    let mut run = job(&cluster, "poor").await;
    run.env("KUBE_RS_DEBUG_IMPERSONATE_USER", user);
    let ended = Cluster::ended(run).await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
    assert!(ended.error.contains(r#"cannot get resource "configmaps""#), "{ended:?}");
    let events = rule("events.k8s.io", "events", &[], &["create", "patch"]);
    let user = cluster.account("whole", vec![status, maps, events]).await;
    let mut run = job(&cluster, "rich").await;
    run.env("KUBE_RS_DEBUG_IMPERSONATE_USER", user);
    let ended = Cluster::ended(run).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.said.contains("could not"), "{ended:?}");
}
