//! The durable queue, in the tables of this service.

use std::{collections::BTreeSet, sync::Arc};

use estore_base::clock::{Clock, ManualClock};
use estore_contract::{
    PeerName, UserId,
    verification::{Locale, Purpose},
};
use estore_stores::{
    pg,
    queue::{Claimed, Lease, Pace, Queue, Worker},
};
use estore_telemetry::{
    Platform,
    jobs::Stop,
    metrics::{Meter, Outboxes},
};
use estore_user::store::{
    erasures::{self, Erasure, Holders},
    outbox::{self, Mail},
};
use sqlx::PgConnection;
use time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::store::{NOW, Store};

/// Longer than a lease.
const LATER: Duration = Duration::minutes(1);
const NONE: [Lease; 0] = [];

/// A queue that Postgres cannot count: a purpose is not a time.
static UNCOUNTED: Queue<()> = Queue {
    name: "uncounted",
    table: "outbox",
    id: "id",
    part: None,
    waiting: "sent_at IS NULL",
    since: "(request ->> 'purpose')::timestamptz",
    columns: "request",
    ahead: None,
    read: |_| Ok(()),
    pace: Pace { period: std::time::Duration::from_millis(10), ..Pace::PEER },
    patience: None,
};

async fn enqueue(db: &mut PgConnection, id: u128) {
    let mail = Mail {
        id: Uuid::from_u128(id),
        user: UserId(Uuid::from_u128(id)),
        email: &format!("{id}@example.com").parse().unwrap(),
        purpose: Purpose::Email,
        name: "Ada",
        notice: None,
        locale: Locale::En,
    };
    outbox::push(db, mail, NOW).await.unwrap();
}

async fn claim(store: &Store, after: Duration) -> Vec<Lease> {
    let claimed = outbox::QUEUE.claim(&store.pool, NOW + after).await.unwrap();
    claimed.into_iter().map(|mail| mail.lease).collect()
}

#[tokio::test]
async fn claimed_entry_is_skipped_until_its_lease_ends() {
    let store = Store::start("queue-lease").await;
    let mut transaction = pg::begin(&store.pool).await.unwrap();
    enqueue(&mut transaction, 1).await;
    assert_eq!(claim(&store, Duration::ZERO).await, NONE, "the change is not committed yet");
    pg::commit(transaction).await.unwrap();
    let lease = |attempts| Lease { id: Uuid::from_u128(1), part: String::new(), attempts };
    assert_eq!(claim(&store, Duration::ZERO).await, [lease(1)]);
    assert_eq!(claim(&store, Duration::seconds(14)).await, NONE);
    assert_eq!(claim(&store, Duration::seconds(15)).await, [lease(2)]);
}

#[tokio::test]
async fn outcome_after_a_later_claim_changes_nothing() {
    let store = Store::start("queue-fence").await;
    enqueue(&mut store.pool.acquire().await.unwrap(), 1).await;
    let first = claim(&store, Duration::ZERO).await.remove(0);
    let second = claim(&store, LATER).await.remove(0);
    let (queue, db, now) = (&outbox::QUEUE, &store.pool, NOW + LATER);
    assert!(!queue.postpone(db, &first, NOW).await.unwrap());
    assert!(!queue.end(db, &first, outbox::ACCEPTED, now).await.unwrap());
    assert_eq!(queue.waiting(db).await.unwrap().depth, 1);
    assert_eq!(claim(&store, LATER).await, NONE, "the second lease holds");
    assert!(queue.end(db, &second, outbox::ACCEPTED, now).await.unwrap());
    assert!(!queue.postpone(db, &second, NOW).await.unwrap());
    assert_eq!(claim(&store, LATER * 2).await, NONE);
}

#[tokio::test]
async fn workers_claim_each_entry_once() {
    let store = Store::start("queue-share").await;
    for id in 0..25 {
        enqueue(&mut store.pool.acquire().await.unwrap(), id).await;
    }
    let claims = std::iter::repeat_with(|| claim(&store, Duration::ZERO)).take(6);
    let claims = futures::future::join_all(claims).await;
    assert!(claims.iter().all(|batch| batch.len() <= 10));
    let mut ids: Vec<Uuid> = claims.into_iter().flatten().map(|lease| lease.id).collect();
    // A worker that skipped locked rows may have found none; the next claim finds them.
    ids.extend(claim(&store, Duration::ZERO).await.iter().map(|lease| lease.id));
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (25, 25));
}

#[tokio::test]
async fn unreadable_entry_holds_up_no_other() {
    let store = Store::start("queue-unreadable").await;
    for id in [1, 2] {
        enqueue(&mut store.pool.acquire().await.unwrap(), id).await;
    }
    sqlx::query("UPDATE outbox SET request = '{}' WHERE id = $1")
        .bind(Uuid::from_u128(1))
        .execute(&store.pool)
        .await
        .unwrap();
    let claimed = claim(&store, Duration::ZERO).await;
    assert_eq!(claimed.iter().map(|lease| lease.id.as_u128()).collect::<Vec<_>>(), [2]);
    assert_eq!(outbox::QUEUE.waiting(&store.pool).await.unwrap().depth, 2);
}

#[tokio::test]
async fn erasures_of_one_account_end_apart() {
    let store = Store::start("queue-parts").await;
    let user = UserId(Uuid::from_u128(7));
    erasures::push(&store.pool, user, Holders::All, NOW).await.unwrap();
    let (queue, db) = (&erasures::QUEUE, &store.pool);
    let claimed = queue.claim(db, NOW).await.unwrap();
    assert_eq!(claimed.len(), 2);
    for Claimed { lease, since, entry: Erasure { user: of, peer }, .. } in &claimed {
        assert_eq!((*of, *since, lease.part.as_str()), (user, NOW, peer.as_str()));
        if *peer == PeerName::Payment {
            assert!(queue.end(db, lease, erasures::CONFIRMED, NOW).await.unwrap());
        } else {
            assert!(queue.postpone(db, lease, NOW + LATER).await.unwrap());
        }
    }
    let waiting = queue.waiting(db).await.unwrap();
    assert_eq!((waiting.depth, waiting.oldest), (1, Some(NOW)));
    let left = queue.claim(db, NOW + LATER).await.unwrap();
    let left: Vec<_> = left.iter().map(|left| (left.entry.peer, left.lease.attempts)).collect();
    assert_eq!(left, [(PeerName::Verification, 2)]);
}

#[tokio::test]
async fn age_grows_while_counts_fail() {
    let store = Store::start("queue-uncounted").await;
    enqueue(&mut store.pool.acquire().await.unwrap(), 1).await;
    let lease = claim(&store, Duration::ZERO).await.remove(0);
    // Nothing is due, so claims work.
    assert!(outbox::QUEUE.postpone(&store.pool, &lease, NOW + Duration::weeks(99)).await.unwrap());

    let (meter, clock) = (Meter::default(), ManualClock::new(NOW));
    let metrics = Outboxes::new(&meter).unwrap().named(UNCOUNTED.name);
    let stop = Stop::new(CancellationToken::new(), "outbox", &Platform::new(meter.clone(), "test").unwrap());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let worker = Worker::new(&UNCOUNTED, &store.pool, &shared, &Arc::default(), &metrics);
    let is_new = || meter.text().unwrap().contains("estore_outbox_oldest_seconds{outbox=\"uncounted\"} 0\n");
    assert!(is_new());
    let grows = async {
        while is_new() {
            clock.advance(LATER);
            sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = worker.run(&stop, |_| async { Ok::<(), sqlx::Error>(()) }) => unreachable!("nothing stops it"),
        done = timeout(std::time::Duration::from_secs(20), grows) => done.unwrap(),
    }
}
