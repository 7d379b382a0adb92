//! Audits the shop every half minute. The result is in Redis, and from there in the engine room.

use std::{convert::Infallible, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{
    running::{AUDIT_LOG, Running},
    tell::{complain, say},
};

const EVERY: Duration = Duration::from_secs(30);
/// The exit code of an audit that found a violation.
const VIOLATION: i32 = 1;
/// A fault may keep an audit from reading the stores. This many in a row are reported.
const FAILURES: u32 = 3;

/// The outcome of an audit.
enum Outcome {
    Clean,
    Violated(Vec<String>),
    Failed(String),
}

/// Audits for good. Reports violations, and their end.
pub(crate) async fn run(running: &Running) -> Infallible {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut violated, mut failures) = (Vec::new(), 0);
    loop {
        tick.tick().await;
        match once(running).await {
            Outcome::Clean => {
                if !violated.is_empty() {
                    say("  · audit: no violation any more");
                }
                (violated, failures) = (Vec::new(), 0);
            }
            Outcome::Violated(lines) => {
                if lines != violated {
                    complain(&format!("  ! the audit found violations:\n  {}", lines.join("\n  ")));
                }
                (violated, failures) = (lines, 0);
            }
            Outcome::Failed(reason) => {
                failures += 1;
                if failures == FAILURES {
                    complain(&format!("  ! the audit has failed {failures} times: {reason} ({AUDIT_LOG})"));
                }
            }
        }
    }
}

async fn once(running: &Running) -> Outcome {
    match running.audit().await {
        Ok((status, _)) if status.success() => Outcome::Clean,
        Ok((status, lines)) if status.code() == Some(VIOLATION) => Outcome::Violated(lines),
        Ok((status, lines)) => {
            Outcome::Failed(format!("{status}: {}", lines.last().cloned().unwrap_or_default()))
        }
        Err(error) => Outcome::Failed(format!("{error:#}")),
    }
}
