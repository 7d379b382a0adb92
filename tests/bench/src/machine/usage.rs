//! CPU time: of the machine, and of the generators.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use rustix::param::clock_ticks_per_second;
use tokio::time::sleep;

/// CPU time in seconds, since the machine or this process began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Usage {
    /// Time of all programs, the kernel and interrupts included.
    pub(crate) busy: f64,
    /// Time that a hypervisor gave to other guests.
    pub(crate) stolen: f64,
    /// Time of all cores, idle or not.
    pub(crate) total: f64,
    /// Time of programs that this process has waited for: the generators.
    pub(crate) children: f64,
}

impl Usage {
    pub(crate) fn now() -> Result<Self> {
        let read = |path: &str| fs::read_to_string(path).with_context(|| format!("{path} (needs Linux)"));
        parse(&read("/proc/stat")?, &read("/proc/self/stat")?).context("/proc/stat is not as expected")
    }

    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            busy: self.busy - earlier.busy,
            stolen: self.stolen - earlier.stolen,
            total: self.total - earlier.total,
            children: self.children - earlier.children,
        }
    }
}

/// Parses the first line of `/proc/stat`, and the times of children (fields 16 and 17) in
/// `/proc/self/stat`.
fn parse(machine: &str, own: &str) -> Option<Usage> {
    let second = ticks_per_second();
    let line = machine.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let &[user, nice, system, idle, wait, interrupts, soft, stolen] = ticks.get(..8)?.as_array()?;
    let busy = user + nice + system + interrupts + soft;
    let (_, own) = own.rsplit_once(") ")?;
    let own: Vec<&str> = own.split_whitespace().collect();
    let child = |at: usize| own.get(at)?.parse::<f64>().ok();
    Some(Usage {
        busy: busy / second,
        stolen: stolen / second,
        total: (busy + idle + wait + stolen) / second,
        children: (child(13)? + child(14)?) / second,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a hundred, usually")]
fn ticks_per_second() -> f64 {
    clock_ticks_per_second() as f64
}

/// Measures the idle share of the machine for `time`.
pub(crate) async fn idle_share(time: Duration) -> Result<f64> {
    let before = Usage::now()?;
    sleep(time).await;
    let used = Usage::now()?.since(before);
    Ok(1.0 - (used.busy + used.stolen) / used.total.max(1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_seconds() {
        let machine = "cpu  100 10 200 1000 50 5 15 20 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        let own = "7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 40 60 20 0";
        let usage = parse(machine, own).unwrap();
        let second = ticks_per_second();
        let expected = Usage {
            busy: 330.0 / second,
            stolen: 20.0 / second,
            total: 1400.0 / second,
            children: 100.0 / second,
        };
        assert_eq!(usage, expected);
    }

    #[test]
    fn other_texts_are_refused() {
        assert_eq!(parse("intr 1 2 3", "7 (a) S 1"), None);
        assert_eq!(parse("cpu 1 2 3", "7 (a) S 1"), None);
    }
}
