//! The engine in virtual time: faults that do not end at once.

use std::{sync::Arc, time::Duration};

use estore_base::clock::SystemClock;
use estore_chaos::{Engine, Switches, domain::Fault};
use estore_client::PeerClient;
use estore_contract::{
    PeerName,
    demo::{FaultKind, FaultOrigin, FaultOutcome, FaultTarget, Timetable},
};
use estore_telemetry::{Platform, jobs, metrics::Meter};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{certificates::Authority, fake::Fake};

/// An engine whose jobs run. The Payment Service is away.
pub(crate) struct Started {
    pub(crate) engine: Engine,
    pub(crate) platform: Arc<Fake>,
    stop: CancellationToken,
}

impl Drop for Started {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) async fn start(platform: Fake, timetable: Option<Timetable>) -> Started {
    let telemetry = Platform::new(Meter::default(), "chaos").unwrap();
    // Nothing listens at the port for discarded data.
    let env = Authority::new().env("chaos", &[("PAYMENT_SERVICE_URL", "https://127.0.0.1:9".to_owned())]);
    let switches = Switches::new(PeerClient::from_env(&env, PeerName::Payment).unwrap());
    let platform = Arc::new(platform);
    let engine =
        Engine::new(platform.clone(), switches, Arc::new(SystemClock), &telemetry.metrics, timetable)
            .unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(engine.clone().recover(jobs::Stop::new(stop.clone(), "recovery", &telemetry)));
    tokio::spawn(engine.clone().follow_timetable(jobs::Stop::new(stop.clone(), "timetable", &telemetry)));
    while platform.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    Started { engine, platform, stop }
}

/// Waits until no fault is in progress.
async fn idle(engine: &Engine) {
    while !engine.state().active.is_empty() {
        sleep(Duration::from_millis(100)).await;
    }
}

fn fault(kind: FaultKind, target: FaultTarget, seconds: u32) -> Fault {
    Fault::new(kind, target, Some(seconds)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn mail_server_is_raised_until_it_is_up() {
    let platform = Fake::default();
    platform.fail("mail_up", 50);
    let it = start(platform, None).await;
    let began = Instant::now();
    let _event = it.engine.begin(fault(FaultKind::MailDown, FaultTarget::Mail, 5), FaultOrigin::Api).unwrap();
    idle(&it.engine).await;
    assert!(began.elapsed() > Duration::from_mins(5), "{:?}", began.elapsed());
    assert_eq!(it.engine.state().events[0].outcome, FaultOutcome::Done);
    assert_eq!(it.platform.calls().iter().filter(|call| *call == "mail_up").count(), 51);
}

#[tokio::test(start_paused = true)]
async fn refused_mail_server_is_raised_later() {
    let platform = Fake::default();
    platform.refuse("mail_up", 5);
    let it = start(platform, None).await;
    let _event = it.engine.begin(fault(FaultKind::MailDown, FaultTarget::Mail, 5), FaultOrigin::Api).unwrap();
    idle(&it.engine).await;
    assert_eq!(it.engine.state().events[0].outcome, FaultOutcome::Done);
    assert_eq!(it.platform.calls().iter().filter(|call| *call == "mail_up").count(), 6);
}

#[tokio::test(start_paused = true)]
async fn mail_server_that_stays_refused_fails() {
    let platform = Fake::default();
    platform.refuse("mail_up", u32::MAX);
    let it = start(platform, None).await;
    let began = Instant::now();
    let _event = it.engine.begin(fault(FaultKind::MailDown, FaultTarget::Mail, 5), FaultOrigin::Api).unwrap();
    idle(&it.engine).await;
    let took = began.elapsed();
    assert!((Duration::from_mins(2)..Duration::from_mins(3)).contains(&took), "{took:?}");
    let event = it.engine.state().events.remove(0);
    assert_eq!((event.outcome, event.detail.as_deref()), (FaultOutcome::Failed, Some("no permission")));
}

#[tokio::test(start_paused = true)]
async fn refused_thaw_is_tried_again() {
    let platform = Fake::default();
    platform.refuse("thaw user", 2);
    let it = start(platform, None).await;
    let _event = it.engine.begin(fault(FaultKind::Freeze, FaultTarget::User, 5), FaultOrigin::Api).unwrap();
    idle(&it.engine).await;
    assert_eq!(it.engine.state().events[0].outcome, FaultOutcome::Done);
    assert_eq!(it.platform.calls(), ["recover", "freeze user 5", "thaw user", "thaw user", "thaw user"]);
}

#[tokio::test(start_paused = true)]
async fn freeze_that_cannot_be_ended_fails() {
    let platform = Fake::default();
    platform.fail("thaw user", u32::MAX);
    let it = start(platform, None).await;
    let began = Instant::now();
    let _event = it.engine.begin(fault(FaultKind::Freeze, FaultTarget::User, 5), FaultOrigin::Api).unwrap();
    idle(&it.engine).await;
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    let event = it.engine.state().events.remove(0);
    assert_eq!(
        (event.outcome, event.detail.as_deref()),
        (FaultOutcome::Failed, Some("the platform is away"))
    );
}

#[tokio::test(start_paused = true)]
async fn unanswered_fault_is_ended_and_fails() {
    let platform = Fake::default();
    platform.fail("mail_down 60", 1);
    let it = start(platform, None).await;
    let _event =
        it.engine.begin(fault(FaultKind::MailDown, FaultTarget::Mail, 60), FaultOrigin::Api).unwrap();
    idle(&it.engine).await;
    assert_eq!(it.engine.state().events[0].outcome, FaultOutcome::Failed);
    assert_eq!(it.platform.calls(), ["recover", "mail_down 60", "mail_up"]);
}

#[tokio::test(start_paused = true)]
async fn stopped_program_ends_its_faults() {
    let it = start(Fake::default(), None).await;
    let _event =
        it.engine.begin(fault(FaultKind::MailDown, FaultTarget::Mail, 300), FaultOrigin::Api).unwrap();
    while it.platform.calls().len() < 2 {
        tokio::task::yield_now().await;
    }
    it.stop.cancel();
    idle(&it.engine).await;
    assert_eq!(it.platform.calls(), ["recover", "mail_down 300", "mail_up"]);
}

#[tokio::test(start_paused = true)]
async fn stopped_program_gives_up_and_undoes_a_cause() {
    let platform = Fake::default();
    platform.hang("mail_down 300");
    let it = start(platform, None).await;
    let _event =
        it.engine.begin(fault(FaultKind::MailDown, FaultTarget::Mail, 300), FaultOrigin::Api).unwrap();
    while it.platform.calls().len() < 2 {
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    it.stop.cancel();
    idle(&it.engine).await;
    // The server waits 12 s for its jobs.
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(it.platform.calls(), ["recover", "mail_down 300", "mail_up"]);
    assert_eq!(it.engine.state().events[0].outcome, FaultOutcome::Failed);
}
