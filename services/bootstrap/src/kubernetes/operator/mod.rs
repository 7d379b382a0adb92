//! `bootstrap operate`: brings `Product` and `Category` objects into the Inventory Service. One
//! replica is enough, and two at once do no harm: every write states the wanted result.

mod backoff;
mod entry;
mod outcome;
mod reconcile;
pub mod release;
mod resources;

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use estore_base::config::Env;
use estore_client::PeerClient;
use estore_contract::PeerName;
use estore_server::{Readiness, work};
use estore_telemetry::jobs::Job;
use futures::StreamExt;
use kube::{
    Api, Client, CustomResourceExt,
    api::ListParams,
    runtime::{
        Controller,
        events::{Recorder, Reporter},
        watcher,
    },
};
use tokio_util::sync::CancellationToken;

use super::{MANAGER, Place};
use crate::config::{KNOWN, POD_NAME, RESYNC_SECONDS};
use entry::Entry;
use reconcile::Context;
use resources::{Category, Product};

/// The port of health and metrics, unless `MANAGEMENT_PORT` sets another.
const PORT: u16 = 8104;

/// Watches the namespace `POD_NAMESPACE` until the process gets SIGTERM.
pub async fn run(env: &Env) -> Result<ExitCode> {
    let pod: String = env.get(&POD_NAME)?;
    let resync = Duration::from_secs(env.get(&RESYNC_SECONDS)?);
    let inventory = PeerClient::from_env(env, PeerName::Inventory)?;
    let place = Place::watching(env).await?;
    let reporter = Reporter { controller: MANAGER.to_owned(), instance: Some(pod) };
    let recorder = Recorder::new(place.client.clone(), reporter);
    let categories = Context::new("Category", &place, inventory.clone(), recorder.clone(), resync);
    let products = Context::new("Product", &place, inventory, recorder, resync);
    let (client, namespace) = (place.client.clone(), place.namespace.clone());
    let readiness = Readiness::new().check("kubernetes", move || {
        let (client, namespace) = (client.clone(), namespace.clone());
        async move { listed(&client, &namespace).await }
    });
    let jobs = vec![
        Job::new("categories", |stop| control::<Category>(categories, stop.token().clone())),
        Job::new("products", |stop| control::<Product>(products, stop.token().clone())),
    ];
    work(env, PeerName::Bootstrap, PORT, &KNOWN, readiness, jobs).await.context("the operator")
}

/// Checks that both kinds are defined in the cluster and can be listed.
async fn listed(client: &Client, namespace: &str) -> Result<(), String> {
    let one = ListParams::default().limit(1);
    let say = |error: kube::Error| {
        tracing::warn!(%error, "cannot list custom resources; not ready until it succeeds");
        "the custom resources cannot be listed".to_owned()
    };
    Api::<Category>::namespaced(client.clone(), namespace).list(&one).await.map_err(say)?;
    Api::<Product>::namespaced(client.clone(), namespace).list(&one).await.map_err(say)?;
    Ok(())
}

async fn control<K: Entry>(context: Context<K>, stop: CancellationToken) {
    let controller = Controller::new(context.api.clone(), watcher::Config::default())
        .graceful_shutdown_on(async move { stop.cancelled_owned().await });
    let context = Arc::new(context.reading(controller.store()));
    controller
        .run(
            reconcile::reconcile,
            |object, error, context| reconcile::again(&*object, error, &context),
            context,
        )
        .for_each(async |done| {
            if let Err(error) = done {
                tracing::warn!(%error, "operator step failed; will retry");
            }
        })
        .await;
}

/// Returns the definitions of both kinds, as YAML.
pub fn definitions() -> Result<String> {
    let all = [Category::crd(), Product::crd()];
    let all: Vec<String> = all.iter().map(serde_yaml_ng::to_string).collect::<Result<_, _>>()?;
    Ok(all.join("---\n"))
}
