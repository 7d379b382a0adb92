//! Refusals: before anything changes, an impossible change fails with a line that says what to do.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::until;
use crate::{cluster::RELEASE, trial::Trial};

pub(super) async fn run(trial: &Trial) -> Result<Vec<String>> {
    let refused = [
        ("redis.persistence.size=3Gi", "A larger volume"),
        ("networkPolicy.apiServer.cidrs=null", "networkPolicy.apiServer.cidrs is empty"),
        ("httpRoute.enabled=true", "shop.url must be the storefront's address"),
        ("httpRoute.enabled=true,shop.url=https://shop.example", "must name a Gateway"),
    ];
    for (set, reason) in refused {
        let Err(error) = trial.release.upgrade_with(&["--set", set]).await else {
            anyhow::bail!("{set} was taken");
        };
        ensure!(format!("{error:#}").contains(reason), "{set} is refused for another reason: {error:#}");
    }
    another_postgres(trial).await.context("another major version of Postgres on the same volume")?;
    Ok(vec![
        "a larger volume, lists that mean everywhere and another Postgres were refused with the reason"
            .to_owned(),
    ])
}

/// Checks that the new server refuses to start and logs the reason, and that the old one finds its
/// data unchanged.
async fn another_postgres(trial: &Trial) -> Result<()> {
    let pod = format!("{RELEASE}-postgres-0");
    let image = "jsonpath={.spec.containers[0].image}";
    let now = trial.cluster.kubectl(&["get", "pod", &pod, "-o", image]).await?;
    let other = if now.contains(":17") { "18.6" } else { "17.10" };
    trial.release.upgrade_with(&["--set", &format!("postgres.image.tag={other}")]).await?;
    until("Postgres refuses the volume", Duration::from_mins(1), async || {
        let said = trial.cluster.kubectl(&["logs", &pod, "--tail=5"]).await.unwrap_or_default();
        Ok(said.contains("A new major version of Postgres"))
    })
    .await?;
    let (back, gone) = tokio::join!(trial.release.rollback(), replaced(trial, &pod, &now));
    gone?;
    back.context("helm rollback")?;
    trial.cluster.rolled_out("postgres").await
}

/// Deletes the pod by hand after the image is restored: a `StatefulSet` does not replace a pod that
/// was never ready.
async fn replaced(trial: &Trial, pod: &str, image: &str) -> Result<()> {
    let set = format!("{RELEASE}-postgres");
    let path = "jsonpath={.spec.template.spec.containers[0].image}";
    until("the image is the one before", Duration::from_mins(2), async || {
        let now = trial.cluster.kubectl(&["get", "statefulset", &set, "-o", path]).await?;
        Ok(now == image)
    })
    .await?;
    trial.cluster.kubectl(&["delete", "pod", pod]).await?;
    Ok(())
}
