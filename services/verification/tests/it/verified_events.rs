//! The queue of verified events.

use estore_base::random;
use estore_contract::verification::{LinkOutcome, Purpose, VerificationStatus};
use estore_stores::queue::Lease;
use estore_verification::store::{
    tokens::{self, Use},
    verified_events,
};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::store::{MAIL, NOW, Store, USER};

const DUE: OffsetDateTime = datetime!(2026-11-23 12:00:10 UTC);

/// Uses the link of the email, whose event is then due at [`DUE`].
async fn press(store: &Store) {
    let token = random::token();
    tokens::add(&store.pool, &token, MAIL, NOW + Duration::hours(1)).await.unwrap();
    let wanted =
        Use { token: &token, purposes: &[Purpose::Email], attempt: Uuid::from_u128(3), event_due_at: DUE };
    let _redeemed = tokens::redeem(&store.pool, wanted, NOW).await.unwrap();
}

#[tokio::test]
async fn event_carries_its_email_until_received() {
    let store = Store::start("events-claim").await;
    press(&store).await;
    let (queue, db) = (&verified_events::QUEUE, &store.pool);
    assert!(queue.claim(db, NOW).await.unwrap().is_empty(), "the request has a head start");
    let waiting = queue.waiting(db).await.unwrap();
    assert_eq!((waiting.depth, waiting.oldest), (1, Some(NOW)));
    let claimed = queue.claim(db, DUE).await.unwrap().remove(0);
    let event = &claimed.entry.event;
    assert_eq!((claimed.entry.user, event.verification_id, claimed.since), (USER, MAIL, NOW));
    assert_eq!((event.email.as_str(), event.idempotency_key.as_deref()), ("ada@example.com", Some("key")));
    verified_events::decided(db, MAIL, LinkOutcome::Verified).await.unwrap();
    assert!(queue.end(db, &claimed.lease, verified_events::RECEIVED, DUE).await.unwrap());
    assert_eq!(queue.waiting(db).await.unwrap().depth, 0);
    assert_eq!(store.mail().await.status, VerificationStatus::Verified);
}

#[tokio::test]
async fn press_may_postpone_its_event_until_claimed() {
    let store = Store::start("events-first").await;
    press(&store).await;
    let (queue, db, first) = (&verified_events::QUEUE, &store.pool, Lease::first(MAIL.0));
    assert!(queue.postpone(db, &first, NOW).await.unwrap());
    let claimed = queue.claim(db, NOW).await.unwrap().remove(0);
    assert!(!queue.postpone(db, &first, NOW).await.unwrap());
    assert!(queue.postpone(db, &claimed.lease, NOW).await.unwrap());
}

#[tokio::test]
async fn superseded_link_leaves_its_email_unverified() {
    let store = Store::start("events-superseded").await;
    press(&store).await;
    verified_events::decided(&store.pool, MAIL, LinkOutcome::Superseded).await.unwrap();
    assert_eq!(store.mail().await.status, VerificationStatus::Expired);
}
