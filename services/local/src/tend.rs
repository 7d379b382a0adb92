//! Looks after the programs: reports one that dies, or starts it again.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    process::ExitStatus,
    time::{Duration, Instant},
};

use anyhow::Result;
use estore_testbed::{ChildGuard, ServiceName};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    running::Running,
    tell::{complain, say},
};

const LOOKED_AT_EVERY: Duration = Duration::from_millis(250);
/// A program that ran for this long has started well.
const WELL: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Reports each part that dies, once. It restarts nothing silently.
pub(crate) async fn report(running: &Running) -> Infallible {
    let mut told = BTreeSet::new();
    let mut tick = ticks();
    loop {
        tick.tick().await;
        let mut shop = running.shop().await;
        for name in ServiceName::WITH_STOREFRONT {
            report_one(&format!("estore-{name}"), shop.service(name).process(), &mut told);
        }
        report_one("Redis", shop.redis.process(), &mut told);
        report_one("Postgres", shop.postgres.process(), &mut told);
        drop(shop);
        if let Some(prometheus) = &mut running.companions().await.prometheus {
            report_one("Prometheus", prometheus.process(), &mut told);
        }
    }
}

fn report_one(name: &str, process: &mut ChildGuard, told: &mut BTreeSet<String>) {
    let Some(status) = process.ended() else {
        // The watch has started it again.
        told.remove(name);
        return;
    };
    if told.insert(name.to_owned()) {
        complain(&format!(
            "\n{name} died ({status}). Its last lines:\n  {}\nThe other programs keep running. Press Ctrl-C, then run ./dev up to start it again.",
            process.last_lines(20).join("\n  ")
        ));
    }
}

/// Starts each part that dies again, and says so. A part that dies at its start gets longer and
/// longer pauses.
pub(crate) async fn revive(running: &Running) -> Infallible {
    let (mut tries, mut told) = (Tries::default(), BTreeSet::new());
    let mut tick = ticks();
    loop {
        tick.tick().await;
        let mut shop = running.shop().await;
        for name in ServiceName::WITH_STOREFRONT {
            let service = shop.service(name);
            if let Some(status) = tries.due(name.as_str(), service.ended()) {
                let lines = service.last_lines(1);
                tries.begun(name.as_str(), status, &lines, service.start_again());
            }
        }
        if let Some(status) = tries.due("redis", shop.redis.process().ended()) {
            let lines = shop.redis.process().last_lines(1);
            tries.begun("redis", status, &lines, shop.redis.start_again().await);
        }
        if let Some(status) = tries.due("postgres", shop.postgres.process().ended()) {
            let lines = shop.postgres.process().last_lines(1);
            tries.begun("postgres", status, &lines, shop.postgres.start_again().await);
        }
        drop(shop);
        let mut companions = running.companions().await;
        if let Some(shopper) = &mut companions.shopper
            && let Some(status) = tries.due("shopper", shopper.ended())
        {
            let lines = shopper.last_lines(1);
            tries.begun("shopper", status, &lines, shopper.start_again());
        }
        if let Some(prometheus) = &mut companions.prometheus {
            report_one("Prometheus", prometheus.process(), &mut told);
        }
    }
}

/// The last start of each part, and the number of starts that failed in a row.
#[derive(Default)]
struct Tries(BTreeMap<String, (Instant, u32)>);

impl Tries {
    /// Returns the exit status of a part that has ended and may be started again now.
    fn due(&self, name: &str, ended: Option<ExitStatus>) -> Option<ExitStatus> {
        let pause = |(began, failed): &(Instant, u32)| began.elapsed() >= pause(*failed);
        ended.filter(|_| self.0.get(name).is_none_or(pause))
    }

    /// Counts the start, and says what happened.
    fn begun(&mut self, name: &str, status: ExitStatus, lines: &[String], started: Result<()>) {
        let failed = match self.0.get(name) {
            Some((began, failed)) if began.elapsed() < WELL => failed + 1,
            _ => 0,
        };
        self.0.insert(name.to_owned(), (Instant::now(), failed));
        match started {
            Ok(()) if failed == 0 => say(&format!("  · {name} died ({status}) and was started again")),
            Ok(()) => complain(&format!(
                "  ! {name} died again ({status}) and was started again: {}",
                lines.join("\n  ")
            )),
            Err(error) => complain(&format!("  ! {name} died ({status}), and does not start: {error:#}")),
        }
    }
}

/// Returns the pause after this many failed starts.
fn pause(failed: u32) -> Duration {
    match failed {
        0 => Duration::ZERO,
        _ => Duration::from_millis(250).saturating_mul(1 << failed.min(8)).min(LONGEST_PAUSE),
    }
}

fn ticks() -> tokio::time::Interval {
    let mut tick = interval(LOOKED_AT_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn part_that_dies_at_its_start_waits_longer() {
        let (mut tries, died) = (Tries::default(), ExitStatus::from_raw(9));
        assert_eq!(tries.due("payment", None), None);
        assert_eq!(tries.due("payment", Some(died)), Some(died));
        tries.begun("payment", died, &[], Ok(()));
        // A fault may hit it once more soon.
        assert_eq!(tries.due("payment", Some(died)), Some(died));
        tries.begun("payment", died, &[], Ok(()));
        assert_eq!(tries.due("payment", Some(died)), None);
        assert_eq!(tries.due("user", Some(died)), Some(died));
        assert!(pause(1) < pause(2) && pause(200) == LONGEST_PAUSE);
    }
}
