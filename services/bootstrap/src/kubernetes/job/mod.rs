//! `bootstrap run` in a cluster: the steps, with progress for observers.

mod status;

use std::time::Duration;

use anyhow::{Context, Result};
use estore_base::{config::Env, fail, fail_point};

use super::{Place, unless_stopped};
use crate::{config::POD_NAME, exit, libraries, say, steps::Step, stores};
use status::Status;

/// The time that a store may answer with refusals: its users may not be created yet.
const REFUSED: Duration = Duration::from_mins(1);

/// Prepares the stores. Records each step in the ConfigMap `status`. Two jobs may run at once,
/// because each step can.
pub async fn run(env: &Env, status: &str) -> Result<()> {
    fail::arm(env)?;
    let pod: String = env.get(&POD_NAME)?;
    let place = Place::from_env(env).await?;
    let deadline = stores::deadline(env)?;
    unless_stopped(async {
        stores::wait(env, deadline, REFUSED).await?;
        steps(env, &Status::open(&place, status, &pod).await?).await
    })
    .await
}

async fn steps(env: &Env, status: &Status) -> Result<()> {
    for step in Step::ALL {
        fail_point!("bootstrap.step");
        match step.run(env).await.context(step.title()) {
            Ok(None) => {}
            Ok(Some(did)) => {
                say(&format!("{}: {did}", step.title()))?;
                status.step(step, &did).await?;
            }
            Err(error) => {
                let again = if exit::code(&error) == exit::AGAIN { " (will retry)" } else { "" };
                if let Err(unsaid) = status.failed(&format!("{error:#}{again}")).await {
                    say(&format!("the status could not be written ({unsaid})"))?;
                }
                return Err(error);
            }
        }
    }
    libraries::load_again(env).await?;
    Ok(status.finished().await?)
}
