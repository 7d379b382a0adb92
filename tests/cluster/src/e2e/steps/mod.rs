//! The steps of a run, in order. Each checks a guarantee of its own.

mod backup;
mod cut;
mod demo;
mod edges;
mod habits;
mod install;
mod journeys;
mod kills;
mod reinstall;
mod scale;
mod security;
mod upgrade;

use std::time::Instant;

use anyhow::Result;

use crate::{say, trial::Trial};

/// The names of the usual steps. The first always runs: the others need it.
const NAMES: [&str; 13] = [
    "install",
    "helm-test",
    "journeys",
    "edges",
    "upgrade",
    "services",
    "stores",
    "cut",
    "scale",
    "reinstall",
    "habits",
    "security",
    "backup",
];

/// The steps that run only if they are named. They need no shop of the other steps.
const ON_DEMAND: [&str; 2] = ["demo", "timetable"];

/// Returns the names of all steps.
pub(crate) fn names() -> Vec<&'static str> {
    NAMES.into_iter().chain(ON_DEMAND).collect()
}

/// Returns true if `name` is to run. `there` means that the shop is already installed.
fn is_wanted(name: &str, only: &[String], there: bool) -> bool {
    let is_named = |name: &str| only.iter().any(|named| named == name);
    if name == "install" {
        return !there && (only.is_empty() || NAMES.into_iter().any(is_named));
    }
    is_named(name) || only.is_empty() && NAMES.contains(&name)
}

/// Runs the steps of `only`, or all usual ones. Returns the number of failures. `there` means that
/// the shop is already installed.
pub(crate) async fn run(trial: &mut Trial, only: &[String], there: bool) -> usize {
    let mut failed = 0;
    for name in names() {
        if !is_wanted(name, only, there) {
            continue;
        }
        let began = Instant::now();
        let done = step(trial, name).await;
        if trial.tell(name, began.elapsed(), done) {
            failed += 1;
            look_around(trial).await;
            if name == "install" {
                return failed;
            }
        }
    }
    failed
}

async fn step(trial: &mut Trial, name: &str) -> Result<Vec<String>> {
    match name {
        "install" => install::run(trial).await,
        "helm-test" => install::test(trial).await,
        "journeys" => journeys::run(trial).await,
        "edges" => edges::run(trial).await,
        "upgrade" => upgrade::run(trial).await,
        "services" => kills::services(trial).await,
        "stores" => kills::stores(trial).await,
        "cut" => cut::run(trial).await,
        "scale" => scale::run(trial).await,
        "reinstall" => reinstall::run(trial).await,
        "habits" => habits::run(trial).await,
        "security" => security::run(trial).await,
        "demo" => demo::run(trial).await,
        "timetable" => demo::run_timetable(trial).await,
        _ => backup::run(trial).await,
    }
}

/// Prints the first facts that an engineer would look at.
async fn look_around(trial: &Trial) {
    for arguments in [
        &["get", "pods", "-o", "wide"][..],
        &["get", "events", "--sort-by=.lastTimestamp", "--field-selector=type!=Normal"],
        &[
            "logs",
            "--tail=200",
            "--prefix",
            "--ignore-errors",
            "-l",
            "app.kubernetes.io/instance=estore,!e2e",
        ],
    ] {
        match trial.cluster.kubectl(arguments).await {
            Ok(text) => {
                let lines: Vec<&str> =
                    text.lines().filter(|line| !line.contains("\"level\":\"INFO\"")).collect();
                lines.iter().skip(lines.len().saturating_sub(40)).for_each(|line| say(line));
            }
            Err(error) => say(&format!("{error:#}")),
        }
    }
}
