//! `bootstrap run` in a cluster: the steps, one job at a time, with a word to whoever watches.

mod lease;
mod status;

use std::time::Duration;

use anyhow::{Context, Result};
use estore_kit::{config::Env, fail, fail_point};

use super::{Place, unless_stopped};
use crate::{exit, say, steps::Step, stores};
use lease::Held;
use status::Status;

/// How long a store that answers, but refuses, is given: its users may still be in the making.
const REFUSED: Duration = Duration::from_mins(1);

/// Prepares the stores, holding the Lease `lease`, and notes each step in the ConfigMap `BOOTSTRAP_STATUS`.
pub async fn run(env: &Env, lease: &str) -> Result<()> {
    fail::arm(env)?;
    let pod: String = env.required("POD_NAME", "estore-bootstrap-1a2b3c-x7z9q")?;
    let status: String = env.required("BOOTSTRAP_STATUS", "estore-bootstrap-status")?;
    let place = Place::from_env(env).await?;
    let deadline = stores::deadline(env)?;
    let turn = async {
        stores::wait(env, deadline, REFUSED).await?;
        Held::take(&place, lease, &pod, deadline).await
    };
    let mut held = unless_stopped(turn).await?;
    say("the lease is held")?;
    let done = unless_stopped(steps(env, &place, &status, &pod, &mut held)).await;
    // Where it cannot be released it runs out.
    if let Err(error) = held.release().await {
        say(&format!("the lease could not be released ({error:#})"))?;
    }
    done
}

async fn steps(env: &Env, place: &Place, status: &str, pod: &str, held: &mut Held) -> Result<()> {
    let status = Status::open(place, status, pod).await?;
    for step in Step::ALL {
        held.check().await?;
        fail_point!("bootstrap.step");
        match step.run(env).await.context(step.title()) {
            Ok(None) => {}
            Ok(Some(did)) => {
                say(&format!("{}: {did}", step.title()))?;
                status.step(step, &did).await?;
            }
            Err(error) => {
                let again = if exit::code(&error) == exit::AGAIN { " (it is tried again)" } else { "" };
                if let Err(unsaid) = status.failed(&format!("{error:#}{again}")).await {
                    say(&format!("the status could not be noted ({unsaid})"))?;
                }
                return Err(error);
            }
        }
    }
    Ok(status.finished().await?)
}
