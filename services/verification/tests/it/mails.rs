//! The queue of emails: pauses, giving up, and emails that are sent late.

use std::{ops::Range, sync::Arc};

use estore_base::clock::{Clock, ManualClock};
use estore_contract::{
    PeerName, VerificationId,
    verification::{Locale, Purpose, VerificationRequest, VerificationStatus},
};
use estore_stores::{
    pg::PgClock,
    queue::{Claimed, Worker},
};
use estore_telemetry::metrics::{Meter, Outboxes};
use estore_verification::store::{
    outbox::{self, Mail},
    verifications::{self, NewMail},
};
use serde_json::Map;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::store::{MAIL, NOW, Store, USER};

fn worker(store: &Store, now: OffsetDateTime) -> Worker<Mail> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(now));
    worker_by(store, &clock)
}

fn worker_by(store: &Store, clock: &Arc<dyn Clock>) -> Worker<Mail> {
    let metrics = Outboxes::new(&Meter::default()).unwrap().named("mails");
    Worker::new(&outbox::QUEUE, &store.pool, clock, &Arc::default(), &metrics)
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

/// Requests emails, each a second after the one before.
async fn request(store: &Store, ids: Range<u32>, purpose: Purpose, from: OffsetDateTime) {
    for id in ids {
        let request = VerificationRequest {
            user_id: USER,
            email: None,
            purpose,
            data: Map::new(),
            locale: Locale::En,
            idempotency_key: id.to_string(),
        };
        let email = "ada@example.com".parse().unwrap();
        let mail = NewMail {
            id: VerificationId(Uuid::from_u128(100 + u128::from(id))),
            email,
            request,
            sample_version: None,
        };
        let at = from + Duration::seconds(id.into());
        let _ids = verifications::accept(&store.pool, PeerName::User, &[mail], at).await.unwrap();
    }
}

/// Counts the emails about the account and about orders in the next batch.
async fn batch(store: &Store, now: OffsetDateTime) -> [usize; 2] {
    let claimed = outbox::QUEUE.claim(&store.pool, now).await.unwrap();
    let orders = claimed.iter().filter(|claimed| claimed.entry.purpose == Purpose::OrderConfirmed).count();
    [claimed.len() - orders, orders]
}

#[tokio::test]
async fn emails_about_orders_delay_no_others() {
    let store = Store::start("mails-ahead").await;
    // The first email of the store is the oldest of all.
    let first = claim(&store, NOW).await.unwrap();
    outbox::sent(&store.pool, &[(first.entry.id, "250 ok".to_owned())], NOW).await.unwrap();
    request(&store, 0..40, Purpose::OrderConfirmed, NOW).await;
    request(&store, 40..42, Purpose::PasswordReset, NOW).await;
    let now = NOW + Duration::minutes(1);
    assert_eq!(batch(&store, now).await, [2, 14], "emails about the account are first");
    request(&store, 42..90, Purpose::PasswordReset, NOW).await;
    let now = now + Duration::seconds(29);
    assert_eq!(batch(&store, now).await, [12, 4], "those about orders go on");
    assert_eq!(batch(&store, now).await, [12, 4], "nothing is claimed twice");
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

/// Returns the clock of a replica whose pod is off by `off`, and then steps by as much again.
async fn clock_of(store: &Store, off: Duration) -> Arc<dyn Clock> {
    let server = async || -> OffsetDateTime {
        sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&store.pool).await.unwrap()
    };
    let pod = ManualClock::new(server().await + off);
    let clock = PgClock::new(Arc::new(pod.clone()));
    assert_eq!(clock.now(), pod.now(), "there is no other time yet");
    clock.sample(&store.pool).await.unwrap();
    let sampled = clock.now();
    pod.advance(off);
    assert!((server().await - sampled).abs() < Duration::HOUR, "{sampled}");
    assert!(clock.now() > sampled, "it goes on");
    Arc::new(clock)
}

#[tokio::test]
async fn clock_of_a_pod_decides_nothing() {
    let store = Store::start("mails-clock").await;
    outbox::forget(&store.pool, MAIL).await.unwrap();
    let off = Duration::hours(25);
    let (ahead, behind) = (clock_of(&store, off).await, clock_of(&store, -off).await);
    request(&store, 0..1, Purpose::PasswordReset, ahead.now() - Duration::MINUTE).await;
    let mail = claim(&store, behind.now()).await.expect("the email is due");
    worker_by(&store, &ahead).retry(&mail.lease, mail.since).await.unwrap();
    let (queue, db) = (&outbox::QUEUE, &store.pool);
    assert_eq!(queue.waiting(db).await.unwrap().depth, 1, "it is too young to bounce");
    assert!(queue.postpone(db, &mail.lease, behind.now() + Duration::HOUR).await.unwrap());
    assert!(claim(&store, ahead.now()).await.is_none(), "it is not due yet");
}
