//! The queue of emails: pauses, giving up, and emails that are sent late.

use std::sync::Arc;

use estore_base::clock::{Clock, ManualClock};
use estore_contract::verification::VerificationStatus;
use estore_stores::queue::{Claimed, Worker};
use estore_telemetry::metrics::{Meter, Outboxes};
use estore_verification::store::outbox::{self, Mail};
use time::{Duration, OffsetDateTime};

use crate::store::{MAIL, NOW, Store};

fn worker(store: &Store, now: OffsetDateTime) -> Worker<Mail> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(now));
    let metrics = Outboxes::new(&Meter::default()).unwrap().named("mails");
    Worker::new(&outbox::QUEUE, &store.pool, &clock, &Arc::default(), &metrics)
}

async fn claim(store: &Store, now: OffsetDateTime) -> Option<Claimed<Mail>> {
    outbox::QUEUE.claim(&store.pool, now).await.unwrap().pop()
}

#[tokio::test]
async fn refused_email_is_due_after_a_pause() {
    let store = Store::start("mails-retry").await;
    let mail = claim(&store, NOW).await.unwrap();
    assert_eq!((mail.entry.id, mail.since, mail.lease.attempts), (MAIL, NOW, 1));
    outbox::refused(&store.pool, MAIL, "try again later").await.unwrap();
    worker(&store, NOW).retry(&mail.lease, mail.since).await.unwrap();
    assert!(claim(&store, NOW + Duration::milliseconds(499)).await.is_none());
    let mail = claim(&store, NOW + Duration::seconds(1)).await.unwrap();
    assert_eq!(mail.lease.attempts, 2);
    assert_eq!(store.mail().await.last_smtp_answer.unwrap(), "try again later");
}

#[tokio::test]
async fn email_bounces_after_a_day() {
    let store = Store::start("mails-patience").await;
    let day = NOW + Duration::hours(24);
    let mail = claim(&store, day - Duration::seconds(2)).await.unwrap();
    worker(&store, day - Duration::seconds(1)).retry(&mail.lease, mail.since).await.unwrap();
    assert_eq!(store.mail().await.status, VerificationStatus::Pending);
    let mail = claim(&store, day).await.unwrap();
    worker(&store, day).retry(&mail.lease, mail.since).await.unwrap();
    assert_eq!(store.mail().await.status, VerificationStatus::Bounced);
    assert!(claim(&store, day + Duration::hours(1)).await.is_none());
    assert_eq!(outbox::QUEUE.waiting(&store.pool).await.unwrap().depth, 0);
}

#[tokio::test]
async fn email_sent_after_its_lease_stays_sent() {
    let store = Store::start("mails-late").await;
    let slow = claim(&store, NOW).await.unwrap();
    let later = NOW + Duration::minutes(1);
    let next = claim(&store, later).await.unwrap();
    outbox::sent(&store.pool, &[(slow.entry.id, "250 ok".to_owned())], later).await.unwrap();
    outbox::refused(&store.pool, MAIL, "550 no").await.unwrap();
    assert!(!outbox::QUEUE.end(&store.pool, &next.lease, outbox::BOUNCED, later).await.unwrap());
    let mail = store.mail().await;
    assert_eq!((mail.status, mail.last_smtp_answer.as_deref()), (VerificationStatus::Sent, Some("250 ok")));
}
