//! A second release, as awkward as Helm and Kubernetes allow. It has the longest name, a namespace
//! that denies everything, a user chosen by the platform, numbers for texts, and the operator.
//! After its deletion nothing of it is left.

use std::time::Duration;

use anyhow::{Context, Result};
use estore_tests::project;
use serde_json::json;

use super::until;
use crate::{cluster::Cluster, tool, trial::Trial};

/// The longest name that helm accepts.
const NAME: &str = "a-release-whose-name-has-fifty-three-characters-in-it";

pub(super) async fn run(trial: &Trial) -> Result<Vec<String>> {
    let place = Cluster { namespace: format!("{}-neighbour", trial.cluster.namespace) };
    remove(&place).await?;
    let done = lived(trial, &place).await;
    remove(&place).await?;
    done
}

async fn remove(place: &Cluster) -> Result<()> {
    let namespace = &place.namespace;
    place.kubectl(&["delete", "namespace", namespace, "--ignore-not-found", "--timeout=2m"]).await?;
    Ok(())
}

async fn lived(trial: &Trial, place: &Cluster) -> Result<Vec<String>> {
    let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let namespace = json!({"name": place.namespace, "labels": labels});
    place.apply(&[json!({"apiVersion": "v1", "kind": "Namespace", "metadata": namespace})]).await?;
    let deny = json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]});
    let policy = json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny"}, "spec": deny});
    place.apply(&[policy]).await?;

    helm(trial, place, "install").await.context("the neighbour")?;
    tool::run("helm", &["--namespace", &place.namespace, "test", NAME, "--timeout", "2m"])
        .await
        .context("its order")?;

    let spec = json!({"slug": "habits", "name": "Habits"});
    let category = json!({"apiVersion": "shop.estore.dev/v1alpha1", "kind": "Category", "metadata": {"name": "habits"}, "spec": spec});
    place.apply(&[category]).await?;
    let ready = ["wait", "--for=condition=Ready", "categories.shop.estore.dev/habits", "--timeout=60s"];
    place.kubectl(&ready).await.context("the operator")?;

    tool::run("helm", &["--namespace", &place.namespace, "uninstall", NAME, "--wait", "--timeout", "2m"])
        .await?;
    // Its operator is gone, and no finalizer blocks the deletion.
    let delete = ["delete", "categories.shop.estore.dev/habits", "--timeout=30s"];
    place.kubectl(&delete).await.context("an object without its operator")?;

    let erased =
        format!("app.kubernetes.io/instance={NAME},app.kubernetes.io/component notin (backup,archive)");
    let kinds = "job,pod,secret,pvc,serviceaccount,role,rolebinding,configmap,networkpolicy";
    place.kubectl(&["delete", kinds, "-l", &erased, "--timeout=60s"]).await?;
    let all = format!("{kinds},deployment,statefulset,service,cronjob,pdb");
    // Pods that helm deleted may still drain.
    until("nothing of the neighbour is left", Duration::from_mins(1), async || {
        let names = place.kubectl(&["get", &all, "-o", "name"]).await?;
        Ok(!names.contains("fifty"))
    })
    .await?;
    Ok(vec!["a second release with the longest name, in a namespace that denies everything, sold, went, and left nothing".to_owned()])
}

async fn helm(trial: &Trial, place: &Cluster, what: &str) -> Result<String> {
    let file = |path: &str| project().join(path).display().to_string();
    let (chart, awkward, images) =
        (file("charts/estore"), file("tests/cluster/values/neighbour.yaml"), trial.release.images());
    let mut arguments = vec!["--namespace", &place.namespace, what, NAME, &chart, "--values", &awkward];
    arguments.extend(images.iter().map(String::as_str));
    arguments.extend(["--wait", "--wait-for-jobs", "--timeout", "3m"]);
    tool::run("helm", &arguments).await
}
