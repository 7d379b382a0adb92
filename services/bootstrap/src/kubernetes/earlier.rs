//! Removes the Jobs of an earlier revision. The pod of a Job cannot be changed, and a finished Job
//! does not run again. So each installation, upgrade and rollback removes them first, and helm
//! creates its own under the same names.
//!
//! Without helm, a user applies the Job of this revision together with the hook, and not after it.
//! For this reason a Job that helm did not create stays.

use anyhow::Result;
use k8s_openapi::api::batch::v1::Job;
use kube::{Api, api::DeleteParams};
use tokio::time::{Duration, Instant, sleep};

use super::{ApiFailure, Place, ask};
use crate::{exit::Wrong, say};

/// The annotation that helm writes on its objects.
const RELEASE: &str = "meta.helm.sh/release-name";
const LOOKED_AT_EVERY: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_mins(1);

/// Removes the Jobs `names` of `release`, and waits until each is gone. A Job of another release is
/// an error.
///
/// Kubernetes ends their pods in the background. A pod stops at SIGTERM, long before the pod of the
/// new Job has started and reached the catalogue, which is the last step.
pub(super) async fn remove(place: &Place, names: &str, release: Option<&str>) -> Result<()> {
    let jobs: Api<Job> = Api::namespaced(place.client.clone(), &place.namespace);
    for name in names.split(',').filter(|name| !name.is_empty()) {
        if remove_one(&jobs, name, release).await? {
            say(&format!("job {name}: removed, because this revision runs its own"))?;
        }
    }
    Ok(())
}

/// Removes one Job; returns whether it was removed.
async fn remove_one(jobs: &Api<Job>, name: &str, release: Option<&str>) -> Result<bool> {
    let Some(found) = ask(|| jobs.get_opt(name)).await? else { return Ok(false) };
    let notes = found.metadata.annotations.as_ref();
    match notes.and_then(|notes| notes.get(RELEASE)).map(String::as_str) {
        None => {
            say(&format!("job {name}: left alone, because helm did not create it"))?;
            return Ok(false);
        }
        Some(whose) if Some(whose) == release => {}
        Some(whose) => {
            let advice = "remove it, or give this release another name";
            return Err(Wrong(format!("the job {name} belongs to the release {whose}; {advice}")).into());
        }
    }
    let parameters = DeleteParams::background();
    match ask(|| jobs.delete(name, &parameters)).await {
        Ok(_) | Err(ApiFailure::Absent(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let deadline = Instant::now() + PATIENCE;
    while let Some(left) = ask(|| jobs.get_opt(name)).await? {
        if left.metadata.uid != found.metadata.uid {
            break;
        }
        if Instant::now() > deadline {
            return Err(ApiFailure::Away(format!(
                "the job {name} is still there a minute after its removal"
            ))
            .into());
        }
        sleep(LOOKED_AT_EVERY).await;
    }
    Ok(true)
}
