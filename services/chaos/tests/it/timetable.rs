//! The timetable in virtual time.

use std::time::Duration;

use estore_chaos::{Error, domain::Fault};
use estore_contract::demo::{FaultEvent, FaultKind, FaultOrigin, FaultTarget, Timetable};
use tokio::time::{Instant, sleep};

use crate::{
    engine::{Started, start},
    fake::Fake,
};

const TABLE: Timetable = Timetable { seed: 17, min_pause_seconds: 5, max_pause_seconds: 9 };

/// Waits for this many events, oldest first.
async fn events(it: &Started, count: usize) -> Vec<FaultEvent> {
    loop {
        let mut events = it.engine.state().events;
        if events.len() >= count {
            events.reverse();
            events.truncate(count);
            return events;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

async fn sequence(seed: u64) -> Vec<(&'static str, &'static str, Option<u32>)> {
    let it = start(Fake::default(), Some(Timetable { seed, ..TABLE })).await;
    let fault = |event: FaultEvent| {
        assert_eq!(event.by, FaultOrigin::Timetable);
        (event.kind.as_str(), event.target.as_str(), event.seconds)
    };
    events(&it, 20).await.into_iter().map(fault).collect()
}

#[tokio::test(start_paused = true)]
async fn seed_repeats_the_faults() {
    let first = sequence(17).await;
    assert_eq!(sequence(17).await, first);
    assert_ne!(sequence(18).await, first);
}

#[tokio::test(start_paused = true)]
async fn slow_recovery_loses_no_step() {
    let platform = Fake::default();
    platform.fail("recover", 60);
    let it = start(platform, Some(TABLE)).await;
    let faults = events(&it, 20).await.into_iter();
    let faults: Vec<_> =
        faults.map(|event| (event.kind.as_str(), event.target.as_str(), event.seconds)).collect();
    assert_eq!(faults, sequence(17).await);
}

#[tokio::test(start_paused = true)]
async fn first_fault_waits_until_the_shop_is_ready() {
    let platform = Fake::default();
    platform.set_ready(FaultTarget::Postgres, false);
    let it = start(platform, Some(TABLE)).await;
    sleep(Duration::from_mins(10)).await;
    assert_eq!(it.engine.state().events, []);
    it.platform.set_ready(FaultTarget::Postgres, true);
    let began = Instant::now();
    let _first = events(&it, 1).await;
    let pause = began.elapsed();
    assert!((Duration::from_secs(5)..Duration::from_secs(11)).contains(&pause), "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn next_fault_waits_for_a_ready_shop() {
    let it = start(Fake::default(), Some(TABLE)).await;
    let _first = events(&it, 1).await;
    it.platform.set_ready(FaultTarget::User, false);
    sleep(Duration::from_mins(10)).await;
    assert_eq!(it.engine.state().events.len(), 1);
    it.platform.set_ready(FaultTarget::User, true);
    let _second = events(&it, 2).await;
}

#[tokio::test(start_paused = true)]
async fn removed_timetable_causes_nothing_more() {
    let it = start(Fake::default(), Some(TABLE)).await;
    let _first = events(&it, 1).await;
    it.engine.set_timetable(None);
    sleep(Duration::from_mins(1)).await;
    let before = it.engine.state().events.len();
    sleep(Duration::from_mins(10)).await;
    assert_eq!((it.engine.state().events.len(), it.engine.state().timetable), (before, None));
}

#[tokio::test(start_paused = true)]
async fn step_of_a_removed_timetable_is_refused() {
    let it = start(Fake::default(), Some(TABLE)).await;
    sleep(Duration::from_secs(1)).await;
    it.engine.end_all().await.unwrap();
    let fault = Fault::new(FaultKind::Freeze, FaultTarget::User, Some(1)).unwrap();
    let late = it.engine.begin(fault, FaultOrigin::Timetable);
    assert!(matches!(late, Err(Error::Removed)), "{late:?}");
    let _by_hand = it.engine.begin(fault, FaultOrigin::Api).unwrap();
}

#[tokio::test(start_paused = true)]
async fn faults_of_a_timetable_never_overlap() {
    let it = start(Fake::default(), Some(TABLE)).await;
    while it.engine.state().events.len() < 30 {
        assert!(it.engine.state().active.len() <= 1);
        sleep(Duration::from_millis(100)).await;
    }
}
