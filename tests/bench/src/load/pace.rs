//! The open-model generator: `estore-measure pace`, a process of its own with one thread.
//!
//! A request that finds no free connection when it is due starts later. Its latency counts from its
//! due time. A queue therefore counts in full, and slow answers do not slow the schedule down (no
//! coordinated omission).

use std::{
    cell::RefCell,
    io::{self, Read, Write},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use bytes::Bytes;
use futures::future::try_join_all;
use rustix::process::nice;

use super::{
    Plan, Request,
    connection::{Connection, id},
    schedule::Schedule,
    summary::{Seen, summary},
    ticks::{Clock, Ticks},
};

/// The answer of a service; status 0 is a broken connection or a time-out.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
}

/// A connection to a service. Tests have one with a given duration.
pub(super) trait Send {
    async fn send(&mut self, request: &Request, number: u32, made: Option<&str>) -> Answer;
}

/// Reads a plan from stdin, sends its requests at `rate` for `seconds`, and prints the figures.
pub(crate) async fn pace(rate: f64, seconds: u32, connections: u16) -> Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let plan: Plan = serde_json::from_str(&text)?;
    ensure!(rate > 0.0 && !plan.requests.is_empty(), "nothing to send");
    // A system with many busy processes would delay the requests. Without the right to a higher
    // priority, more runs are not valid.
    let _not_permitted = nice(-10);
    let run = format!("{:016x}", fastrand::u64(..));
    let open = (0..connections).map(|_| Connection::open(plan.port, &run));
    let opened = try_join_all(open).await?;
    let schedule = RefCell::new(Schedule::new(rate, seconds));
    let began = Instant::now();
    let work = |mut way: Connection| {
        let (plan, schedule) = (&plan, &schedule);
        async move { work(plan, schedule, &mut way, &mut Ticks::new(began)?).await }
    };
    let seen = try_join_all(opened.into_iter().map(work)).await?.concat();
    let figures = summary(&plan, &schedule.into_inner(), seen);
    Ok(writeln!(io::stdout(), "{}", serde_json::to_string(&figures)?)?)
}

/// Sends each due request over one connection, until none is left.
async fn work(
    plan: &Plan,
    schedule: &RefCell<Schedule>,
    way: &mut impl Send,
    clock: &mut impl Clock,
) -> Result<Vec<Seen>> {
    let mut seen = Vec::new();
    loop {
        let free = clock.now();
        let taken = schedule.borrow_mut().take(free);
        let Some(slot) = taken else { return Ok(seen) };
        let Some(request) = plan.requests.get(slot.number as usize % plan.requests.len()) else {
            return Ok(seen);
        };
        clock.wait_until(slot.due).await?;
        let started = clock.now();
        let answer = way.send(request, slot.number, None).await;
        let took = since(slot.due, started, clock.now());
        let late = slot.is_late(free, started);
        seen.push(Seen { took, started, status: answer.status, late });
        if let (Some(undo), Some(made)) = (&plan.undo, id(&answer.body))
            && answer.status == plan.expected
        {
            way.send(undo, slot.number, Some(&made)).await;
        }
    }
}

/// Returns the latency, from the due time, or from the start if the timer fired a moment early.
fn since(due: Duration, started: Duration, ended: Duration) -> Duration {
    ended.saturating_sub(due.min(started))
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, rc::Rc};

    use super::*;
    use crate::load::{Latency, MADE};

    /// A clock that moves only while a task waits or sends.
    #[derive(Clone, Default)]
    struct Fake(Rc<Cell<Duration>>);

    impl Clock for Fake {
        fn now(&self) -> Duration {
            self.0.get()
        }

        async fn wait_until(&mut self, then: Duration) -> Result<()> {
            self.0.set(self.0.get().max(then));
            Ok(())
        }
    }

    /// Answers after 1 ms, but stalls once.
    struct Stalling {
        clock: Fake,
        at: u32,
        stall: Duration,
        undone: Vec<String>,
    }

    impl Send for Stalling {
        async fn send(&mut self, request: &Request, number: u32, made: Option<&str>) -> Answer {
            if let Some(made) = made {
                self.undone.push(request.path.replace(MADE, made));
                return Answer { status: 204, body: Bytes::new() };
            }
            let takes = if number == self.at { self.stall } else { Duration::from_millis(1) };
            self.clock.0.set(self.clock.0.get() + takes);
            Answer { status: 200, body: Bytes::from(format!(r#"{{"id": "{number}"}}"#)) }
        }
    }

    async fn run(stall: Duration, undo: bool) -> (Latency, Vec<String>) {
        let undo = undo.then(|| Request::delete(format!("/cards/{MADE}")));
        let plan = Plan { port: 0, connections: 1, expected: 200, requests: vec![Request::get("/")], undo };
        let schedule = RefCell::new(Schedule::new(100.0, 1));
        let mut clock = Fake::default();
        let mut way = Stalling { clock: clock.clone(), at: 10, stall, undone: Vec::new() };
        let seen = work(&plan, &schedule, &mut way, &mut clock).await.unwrap();
        (summary(&plan, &schedule.into_inner(), seen), way.undone)
    }

    #[tokio::test]
    async fn calm_run_is_valid() {
        let (figures, _) = run(Duration::from_millis(1), false).await;
        assert!(figures.is_valid(), "{figures:?}");
        assert!((figures.p99_ms - 1.0).abs() < 0.01 && (figures.rate - 100.0).abs() < 2.0, "{figures:?}");
    }

    #[tokio::test]
    async fn stall_counts_for_all_waiting_requests() {
        let (figures, _) = run(Duration::from_millis(500), false).await;
        // 50 requests became due meanwhile, each 10 ms after the one before.
        assert!(figures.max_ms >= 499.0 && figures.p50_ms > 1.5, "{figures:?}");
        // The system was slow, and not the generator.
        assert!(figures.late == 0 && figures.dropped == 0 && figures.is_valid(), "{figures:?}");
    }

    #[tokio::test]
    async fn stall_to_the_end_drops_requests() {
        let (figures, _) = run(Duration::from_mins(1), false).await;
        assert!(figures.dropped == 89 && !figures.is_valid(), "{figures:?}");
    }

    #[tokio::test]
    async fn created_object_is_deleted() {
        let (figures, undone) = run(Duration::from_millis(1), true).await;
        assert_eq!((figures.requests, undone.len(), undone[99].as_str()), (100, 100, "/cards/99"));
    }
}
