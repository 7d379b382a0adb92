//! New certificates and passwords for running stores.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{logged, until};
use crate::{cluster::RELEASE, trial::Trial};

const PASSWORD: &str = "another-password-of-the-test";
/// Logs in to Redis as its user `inventory`.
const LOGIN: &str = "$(command -v redis-cli || command -v valkey-cli) -h localhost $REDIS_CLI_TLS --no-auth-warning \
    --user inventory --pass another-password-of-the-test ping";

pub(super) async fn run(trial: &Trial) -> Result<Vec<String>> {
    let cluster = &trial.cluster;
    let pods = [cluster.pods("postgres").await?, cluster.pods("redis").await?].concat();
    let has_tls = cluster.kubectl(&["get", "secret", &format!("{RELEASE}-redis-tls")]).await.is_ok();
    if has_tls {
        // Both get new ones, as in a yearly renewal.
        for store in ["postgres", "redis"] {
            cluster.kubectl(&["delete", "secret", &format!("{RELEASE}-{store}-tls")]).await?;
        }
        let from = format!("--from=cronjob/{RELEASE}-secrets");
        cluster.kubectl(&["create", "job", &from, "e2e-renew"]).await?;
        cluster.kubectl(&["wait", "--for=condition=complete", "job/e2e-renew", "--timeout=60s"]).await?;
        let read = "the certificate has changed; reloading the configuration";
        logged(cluster, &format!("{RELEASE}-postgres-0"), read).await?;
    }
    let password = format!("{{\"stringData\": {{\"redis-password\": \"{PASSWORD}\"}}}}");
    cluster.kubectl(&["patch", "secret", &format!("{RELEASE}-inventory"), "-p", &password]).await?;
    // A kubelet brings a changed Secret to its pods within some 90 s.
    until("Redis takes the new password", Duration::from_mins(3), async || {
        let pod = format!("{RELEASE}-redis-0");
        let said = cluster.kubectl(&["exec", &pod, "--", "sh", "-c", LOGIN]).await.unwrap_or_default();
        Ok(said.contains("PONG"))
    })
    .await?;
    // The services follow: those that run, and those that start with the new password and the new
    // certificates. None tries the new password in vain for long.
    for pod in cluster.pods("inventory").await? {
        let log = cluster.kubectl(&["logs", &pod.name, "--since=5m"]).await?;
        ensure!(!log.contains("\"reason\":\"password\""), "{} was refused:\n{log}", pod.name);
    }
    for component in ["inventory", "verification"] {
        cluster.rolled_out(component).await.context("pods that run")?;
        let restart = ["rollout", "restart", "deployment", &format!("{RELEASE}-{component}")];
        cluster.kubectl(&restart).await?;
        cluster.rolled_out(component).await.context("pods that start")?;
    }
    trial.release.test().await.context("an order after the change")?;
    let after = [cluster.pods("postgres").await?, cluster.pods("redis").await?].concat();
    let same =
        pods.iter().zip(&after).all(|(one, other)| one.uid == other.uid && one.restarts == other.restarts);
    ensure!(same, "a store was started again: {pods:?}, {after:?}");
    // A pod that starts may give up a connection before the network lets it through. A probe in
    // plain text fails every ten seconds.
    let log = cluster.kubectl(&["logs", "--since=1m", &format!("{RELEASE}-redis-0")]).await?;
    let refused = log.matches("Error accepting a client connection").count();
    ensure!(refused < 5, "Redis is probed by what it does not speak:\n{log}");
    Ok(vec!["Postgres and Redis took new certificates and a new password as they ran".to_owned()])
}
