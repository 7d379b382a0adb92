//! `bootstrap run` in a cluster: its records, and its exit codes.

use std::{collections::BTreeMap, fs};

use k8s_openapi::api::{core::v1::ConfigMap, events::v1::Event};
use kube::api::ListParams;

use crate::{
    cluster::{Cluster, cluster},
    shop::{job, shop},
};

pub(crate) async fn status(cluster: &Cluster) -> BTreeMap<String, String> {
    cluster.api::<ConfigMap>().get("boot-status").await.unwrap().data.unwrap()
}

#[tokio::test]
async fn each_step_is_recorded() {
    let Some(cluster) = cluster().await else { return };
    for run in ["first", "second"] {
        let ended = Cluster::ended(job(&cluster, run).await).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.said.contains("migrations: user"), "{}", ended.said);
    }
    let noted = status(&cluster).await;
    let keys: Vec<&str> = noted.keys().map(String::as_str).collect();
    // No superuser is configured: others manage roles and databases.
    assert_eq!(keys, ["admin", "catalogue", "epoch", "finishedAt", "functions", "migrations", "version"]);
    assert!(noted["catalogue"].contains("0 products new"), "{noted:?}");
    let status = cluster.api::<ConfigMap>().get("boot-status").await.unwrap();
    let labels = status.metadata.labels.unwrap();
    assert_eq!(labels["app.kubernetes.io/instance"], "boot", "whoever erases the release finds it");
    let events = cluster.api::<Event>().list(&ListParams::default()).await.unwrap();
    let told = |reason: &str| events.iter().filter(|event| event.reason.as_deref() == Some(reason)).count();
    assert_eq!([told("Migrated"), told("CatalogueSeeded"), told("Finished"), told("Failed")], [2, 2, 2, 0]);
}

#[tokio::test]
async fn flat_catalogue_is_read_and_wrong_is_final() {
    let Some(cluster) = cluster().await else { return };
    // As the kubelet mounts it: links into a directory that is replaced as a whole.
    let mount = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(&cluster.namespace);
    let data = mount.join("..2026_01_01");
    fs::create_dir_all(&data).unwrap();
    std::os::unix::fs::symlink("..2026_01_01", mount.join("..data")).unwrap();
    let put = |name: &str, text: &str| {
        fs::write(data.join(name), text).unwrap();
        if !mount.join(name).exists() {
            std::os::unix::fs::symlink(format!("..data/{name}"), mount.join(name)).unwrap();
        }
    };
    put("categories.yaml", "- {slug: flat, name: Flat}\n");
    put("flat.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let sku = format!("FLAT-{}", cluster.namespace);
    let list = format!(
        "- {{sku: {sku}, name: Flat, description: Flat., price: {{amount: 1, currency: USD}}, category: flat, image: images/flat.svg}}\n"
    );
    put("things.yaml", &list);
    let mut run = job(&cluster, "flat").await;
    run.env("CATALOG_DIR", &mount);
    let ended = Cluster::ended(run).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(crate::shop::product(&sku).await.0, 200);
    assert!(status(&cluster).await["catalogue"].contains("1 products new"));

    put("things.yaml", "- {sku: X}\n");
    let mut run = job(&cluster, "wrong").await;
    run.env("CATALOG_DIR", &mount);
    let ended = Cluster::ended(run).await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
    let failed = status(&cluster).await["failed"].clone();
    assert!(failed.contains("catalogue") && failed.contains("things.yaml"), "{failed}");
    let events = cluster.api::<Event>().list(&ListParams::default()).await.unwrap();
    let told = events.iter().find(|event| event.reason.as_deref() == Some("Failed")).unwrap();
    assert_eq!(told.type_.as_deref(), Some("Warning"));
    fs::remove_dir_all(&mount).unwrap();
}

#[tokio::test]
async fn silent_store_is_awaited_and_exits_with_retry() {
    let Some(cluster) = cluster().await else { return };
    let closed = estore_testbed::free_port().unwrap().to_string();
    for (setting, store) in [("REDIS_PORT", "Redis"), ("DATABASE_URL_USER", "Postgres")] {
        let mut run = job(&cluster, "waiting").await;
        let url = format!("postgresql://user@127.0.0.1:{closed}/userdb");
        run.env(setting, if store == "Redis" { &closed } else { &url }).env("BOOTSTRAP_WAIT_SECONDS", "2");
        let ended = Cluster::ended(run).await;
        assert_eq!(ended.code, Some(75), "{ended:?}");
        assert_eq!(ended.said.matches(&format!("waiting for {store} (1 s)…")).count(), 1, "{ended:?}");
    }
}

#[tokio::test]
async fn missing_setting_is_final() {
    let Some(cluster) = cluster().await else { return };
    for setting in ["POD_NAME", "REDIS_HOST", "DATABASE_URL_USER"] {
        let mut run = job(&cluster, "wrong").await;
        run.env_remove(setting);
        let ended = Cluster::ended(run).await;
        assert_eq!(ended.code, Some(78), "{ended:?}");
        assert!(ended.error.contains(setting), "{ended:?}");
    }
    let _running = shop().await;
}
