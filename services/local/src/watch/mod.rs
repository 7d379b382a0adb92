//! `--watch`: builds what has changed, and starts it again.

mod build;
mod parts;
mod sources;

use std::{
    collections::BTreeSet,
    convert::Infallible,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use tokio::time::sleep;

use crate::{
    running::Running,
    tell::{complain, say},
};
pub(crate) use build::Build;
use parts::{Part, parts_of};
use sources::Sources;

/// The time between two looks at the sources. A build begins once two looks find the same, so an
/// editor or a switch of branches has finished.
const PAUSE: Duration = Duration::from_millis(500);
/// The time that a program has to become ready again.
const PATIENCE: Duration = Duration::from_mins(1);

/// Watches the sources of `project` for good.
pub(crate) async fn run(project: &Path, running: &Running, build: &Build) -> Infallible {
    let mut known = Sources::of(project);
    // The parts that wait for a build that succeeds.
    let mut parts = BTreeSet::new();
    loop {
        let now = settled(project, &known).await;
        let mut changed = known.changed(&now);
        changed.retain(|path| !parts_of(path).is_empty());
        // Files that change during the build are noticed afterwards.
        known = now;
        if changed.is_empty() {
            continue;
        }
        parts.extend(changed.iter().flat_map(|path| parts_of(path)));
        let what = named(&changed);
        say(&format!("  · {what}; building"));
        match build.run().await {
            Ok(Some(took)) => apply(running, took, &std::mem::take(&mut parts)).await,
            Ok(None) => {
                complain(&format!("  ! {what}, and does not compile; the programs before it go on"));
            }
            Err(error) => complain(&format!("  ! {error:#}")),
        }
    }
}

/// Waits until the sources differ from `known` and have come to rest.
async fn settled(project: &Path, known: &Sources) -> Sources {
    let mut last = None;
    loop {
        sleep(PAUSE).await;
        let now = Sources::of(project);
        if now != *known && last.as_ref() == Some(&now) {
            return now;
        }
        last = Some(now);
    }
}

/// Starts `parts` again, which were built. One that does not start keeps no other from it.
async fn apply(running: &Running, took: Duration, parts: &BTreeSet<Part>) {
    let built = format!("built in {} s", took.as_secs().max(1));
    for part in parts {
        match again(running, *part).await {
            Ok(None) => {}
            Ok(Some(done)) => say(&format!("  · {}: {built}, {done}", part.name())),
            Err(error) => complain(&format!("  ! {}: {built}, but {error:#}", part.name())),
        }
    }
}

/// Starts one part again. Returns how, or `None` if it does not run here.
async fn again(running: &Running, part: Part) -> Result<Option<&'static str>> {
    Ok(match part {
        Part::Bootstrap => {
            running.bootstrap().await?;
            Some("run again")
        }
        Part::Service(name) => {
            running.restart(name, PATIENCE).await?;
            Some("restarted")
        }
        Part::Shopper => running.restart_shopper(PATIENCE).await?.then_some("restarted"),
        Part::Own => Some("used when it starts the next time"),
    })
}

/// Names the first file, and how many more there are.
fn named(changed: &[PathBuf]) -> String {
    let first = changed.first().map(|path| path.display().to_string()).unwrap_or_default();
    match changed.len() {
        0 | 1 => format!("{first} has changed"),
        count => format!("{first} and {} more have changed", count - 1),
    }
}
