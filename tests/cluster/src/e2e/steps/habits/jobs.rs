//! Bootstrap runs once for each revision, with the revision's values, and leaves nothing behind.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    cluster::{Cluster, RELEASE},
    trial::Trial,
};

const JOB: &str = "estore-bootstrap";

pub(super) async fn run(trial: &Trial) -> Result<Vec<String>> {
    let cluster = &trial.cluster;
    let first = only_job(cluster).await?;

    // The same upgrade again is another run.
    trial.release.upgrade("defaults.replicas=2").await?;
    let second = only_job(cluster).await?;
    ensure!(first != second, "an upgrade did not run bootstrap again");

    // A deleted Secret is created anew, and its password reaches the database.
    cluster.kubectl(&["delete", "secret", "estore-verification"]).await?;
    trial.release.upgrade("defaults.replicas=2").await.context("an upgrade without a Secret")?;
    cluster.kubectl(&["rollout", "restart", "deployment", "estore-verification"]).await?;
    cluster.rolled_out("verification").await.context("the new password does not open the database")?;

    // An image that does not exist: helm rolls back by itself, and the job is that of the revision
    // before.
    let failing = ["--set", "image.tag=none-such", "--rollback-on-failure", "--timeout", "40s"];
    let said =
        failed_with(trial.release.upgrade_with(&failing).await).context("an image that is not there")?;
    ensure!(!said.contains("original object"), "the way back failed: {said}");
    let images = images(cluster).await?;
    ensure!(images.iter().all(|image| !image.ends_with(":none-such")), "{images:?}");
    let third = only_job(cluster).await?;
    ensure!(third != second, "the way back did not run bootstrap");

    catalogue(trial).await?;
    Ok(vec![
        "bootstrap ran again for each upgrade, rollback, deleted Secret and mended catalogue, and left no other job"
            .to_owned(),
    ])
}

/// A wrong catalogue of the operator's own stops the upgrade. After a fix under the same name, the
/// next upgrade tries it again.
async fn catalogue(trial: &Trial) -> Result<()> {
    let cluster = &trial.cluster;
    let map = |products: &str| {
        let data = json!({"categories.yaml": "- {slug: habits, name: Habits}\n", "things.yaml": products});
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "e2e-catalogue"}, "data": data})
    };
    cluster.apply(&[map("- {sku: HABIT-1}\n")]).await?;
    let set =
        ["--wait", "--wait-for-jobs", "--timeout", "90s", "--set", "catalog.existingConfigMap=e2e-catalogue"];
    failed_with(trial.release.upgrade_with(&set).await).context("a wrong catalogue was taken")?;
    let status = cluster.get(&["configmap", &format!("{JOB}-status")]).await?;
    let why = status.pointer("/data/failed").and_then(Value::as_str).unwrap_or_default();
    ensure!(why.contains("things.yaml"), "the status does not say why: {status}");
    let events = cluster
        .kubectl(&[
            "get",
            "events",
            "--field-selector",
            "reason=Failed,type=Warning",
            "-o",
            "jsonpath={.items[*].message}",
        ])
        .await?;
    ensure!(events.contains("things.yaml"), "no event says why: {events}");
    let product = "- {sku: HABIT-1, name: Habit, description: One., price: {amount: 1, currency: USD}, category: habits}\n";
    cluster.apply(&[map(product)]).await?;
    trial.release.upgrade_with(&set).await.context("a mended catalogue")?;
    let status = cluster.get(&["configmap", &format!("{JOB}-status")]).await?;
    ensure!(status.pointer("/data/failed").is_none(), "{status}");
    trial.release.upgrade("defaults.replicas=2").await?;
    Ok(())
}

/// Returns helm's error for a change that had to fail.
fn failed_with(done: Result<String>) -> Result<String> {
    match done {
        Ok(said) => anyhow::bail!("it did not fail: {said}"),
        Err(error) => Ok(format!("{error:#}")),
    }
}

/// Returns the uid of the bootstrap job. It must be complete and the only one.
async fn only_job(cluster: &Cluster) -> Result<String> {
    let of = format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component=bootstrap");
    let jobs = cluster.get(&["jobs", "-l", &of]).await?;
    let jobs = jobs.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |job: &Value, at: &str| job.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    // Jobs that people create from CronJobs have an owner.
    let jobs: Vec<&Value> =
        jobs.iter().filter(|job| job.pointer("/metadata/ownerReferences").is_none()).collect();
    let names: Vec<String> = jobs.iter().map(|job| text(job, "/metadata/name")).collect();
    ensure!(names == [JOB], "there are other jobs: {names:?}");
    cluster.kubectl(&["wait", "--for=condition=complete", &format!("job/{JOB}"), "--timeout=120s"]).await?;
    Ok(text(jobs.first().context("a job")?, "/metadata/uid"))
}

async fn images(cluster: &Cluster) -> Result<Vec<String>> {
    let path = "jsonpath={.items[*].spec.template.spec.containers[*].image}";
    let all = cluster.kubectl(&["get", "deployments,jobs", "-o", path]).await?;
    Ok(all.split_whitespace().map(str::to_owned).collect())
}
