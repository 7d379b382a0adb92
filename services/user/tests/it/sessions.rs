//! Families of refresh tokens: at most one token of a session is valid, and reuse ends the session.

use estore_contract::{SessionId, UserId};
use estore_user::{
    domain::RefreshToken,
    store::sessions::{self, Lifetimes, Rotated},
};
use futures::future::join_all;
use time::Duration;
use uuid::Uuid;

use crate::store::{NOW, Store, refresh_token};

const IDLE: Duration = Duration::days(14);
const LEEWAY: Duration = Duration::seconds(10);

const fn lifetimes(leeway: Duration) -> Lifetimes {
    Lifetimes { absolute: Duration::days(30), idle: IDLE, leeway }
}

struct Family<'a> {
    store: &'a Store,
    user: UserId,
    id: SessionId,
    token: RefreshToken,
}

impl<'a> Family<'a> {
    async fn open(store: &'a Store, user: UserId) -> Self {
        let (id, token) = (SessionId(Uuid::from_u128(1)), refresh_token());
        let mut connection = store.pool.acquire().await.unwrap();
        let end = NOW + Duration::days(30);
        sessions::open(&mut connection, id, user, None, &token, end, NOW).await.unwrap();
        Self { store, user, id, token }
    }

    async fn spend(&self, token: &RefreshToken, next: &RefreshToken, after: Duration) -> Option<Rotated> {
        self.spend_within(LEEWAY, token, next, after).await
    }

    async fn spend_within(
        &self,
        leeway: Duration,
        token: &RefreshToken,
        next: &RefreshToken,
        after: Duration,
    ) -> Option<Rotated> {
        let (pool, next, lifetimes) = (&self.store.pool, vec![next.clone()], lifetimes(leeway));
        sessions::rotate(pool, token, next, lifetimes, NOW + after).await.unwrap()
    }

    async fn live_tokens(&self) -> i64 {
        sqlx::query_scalar(
            "SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
             WHERE s.id = $1 AND t.spent_at IS NULL AND s.ended_at IS NULL",
        )
        .bind(self.id.0)
        .fetch_one(&self.store.pool)
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn repeat_finds_its_successor_within_the_leeway() {
    let store = Store::start("repeats").await;
    let user = store.add_user("ada@example.com").await;
    let family = Family::open(&store, user).await;
    let next = refresh_token();
    let first = family.spend(&family.token, &next, Duration::ZERO).await.unwrap();
    assert_eq!((first.session, first.user, first.token.hash()), (family.id, family.user, next.hash()));
    let again = family.spend(&family.token, &next, LEEWAY).await.unwrap();
    assert_eq!((again.token.hash(), again.since), (next.hash(), first.since));
    assert_eq!(family.live_tokens().await, 1);
    assert!(family.spend(&family.token, &next, LEEWAY + Duration::SECOND).await.is_none());
    assert_eq!(family.live_tokens().await, 0, "a late repeat is a reuse");
    let other = refresh_token();
    assert!(family.spend(&next, &other, Duration::seconds(11)).await.is_none(), "the family has ended");
}

#[tokio::test]
async fn leeway_of_zero_admits_no_repeat() {
    let store = Store::start("reuse").await;
    let user = store.add_user("ada@example.com").await;
    let family = Family::open(&store, user).await;
    let (next, off) = (refresh_token(), Duration::ZERO);
    assert!(family.spend_within(off, &family.token, &next, Duration::ZERO).await.is_some());
    assert!(family.spend_within(off, &family.token, &next, Duration::ZERO).await.is_none());
    assert_eq!(family.live_tokens().await, 0);
}

#[tokio::test]
async fn repeat_after_a_spent_successor_ends_the_family() {
    let store = Store::start("spent").await;
    let user = store.add_user("ada@example.com").await;
    let family = Family::open(&store, user).await;
    let (next, third) = (refresh_token(), refresh_token());
    assert!(family.spend(&family.token, &next, Duration::ZERO).await.is_some());
    assert!(family.spend(&next, &third, Duration::seconds(1)).await.is_some());
    assert!(family.spend(&family.token, &next, Duration::seconds(2)).await.is_none());
    assert_eq!(family.live_tokens().await, 0);
}

#[tokio::test]
async fn parallel_uses_leave_one_token_alive() {
    let store = Store::start("parallel").await;
    let user = store.add_user("ada@example.com").await;
    for round in 0..20 {
        let family = Family::open(&store, user).await;
        // In every second round all attempts derive the same successor. In the others each derives
        // its own, as with another secret.
        let same = round % 2 == 0;
        let next = refresh_token();
        let attempts = (0..8).map(|_| {
            let next = if same { next.clone() } else { refresh_token() };
            let family = &family;
            async move { family.spend(&family.token, &next, Duration::ZERO).await }
        });
        let answers = join_all(attempts).await;
        let won = answers.iter().flatten().count();
        assert_eq!(won, if same { 8 } else { 1 }, "round {round}");
        assert_eq!(family.live_tokens().await, i64::from(same), "round {round}");
        sqlx::query("DELETE FROM sessions").execute(&store.pool).await.unwrap();
    }
}

#[tokio::test]
async fn session_ends_unused_or_at_its_limit() {
    let store = Store::start("lifetimes").await;
    let user = store.add_user("ada@example.com").await;
    let family = Family::open(&store, user).await;
    let mut token = family.token.clone();
    for day in [13, 26] {
        let next = refresh_token();
        assert!(family.spend(&token, &next, Duration::days(day)).await.is_some(), "day {day}");
        token = next;
    }
    assert!(family.spend(&token, &refresh_token(), Duration::days(30)).await.is_none(), "at its end");
    sqlx::query("DELETE FROM sessions").execute(&store.pool).await.unwrap();

    let family = Family::open(&store, user).await;
    assert!(family.spend(&family.token, &refresh_token(), IDLE).await.is_none(), "unused for 14 days");
    let seen = |after: Duration| {
        let pool = &store.pool;
        async move { sessions::list(pool, user, family.id, IDLE, NOW + after, None, 10).await.unwrap().len() }
    };
    assert_eq!((seen(IDLE - Duration::seconds(1)).await, seen(IDLE).await), (1, 0));
    let month = NOW + Duration::days(30);
    assert_eq!(sessions::forget_tokens(&store.pool, month, 10, 10).await.unwrap(), 0);
    assert_eq!(sessions::forget(&store.pool, month, 10).await.unwrap(), 0);
    let after = month + Duration::seconds(1);
    assert_eq!(sessions::forget_tokens(&store.pool, after, 10, 10).await.unwrap(), 1);
    assert_eq!(sessions::forget(&store.pool, after, 0).await.unwrap(), 0, "at most a batch");
    assert_eq!(sessions::forget(&store.pool, after, 10).await.unwrap(), 1);
}

#[tokio::test]
async fn disabled_account_cannot_refresh() {
    let store = Store::start("disabled").await;
    let user = store.add_user("ada@example.com").await;
    let family = Family::open(&store, user).await;
    sqlx::query("UPDATE users SET status = 'disabled'").execute(&store.pool).await.unwrap();
    assert!(family.spend(&family.token, &refresh_token(), Duration::ZERO).await.is_none());
}

#[tokio::test]
async fn tokens_of_old_sessions_are_deleted_in_batches() {
    let store = Store::start("tokens").await;
    let user = store.add_user("ada@example.com").await;
    let family = Family::open(&store, user).await;
    sqlx::query(
        "INSERT INTO refresh_tokens (hash, session_id, created_at, spent_at)
         SELECT sha256(convert_to(n::text, 'UTF8')), $1, $2, $2 FROM generate_series(1, 4999) n",
    )
    .bind(family.id.0)
    .bind(NOW)
    .execute(&store.pool)
    .await
    .unwrap();
    let after = NOW + Duration::days(31);
    for _ in 0..5 {
        assert_eq!(sessions::forget(&store.pool, after, 10).await.unwrap(), 0, "tokens are left");
        assert_eq!(sessions::forget_tokens(&store.pool, after, 10, 1000).await.unwrap(), 1000);
    }
    assert_eq!(sessions::forget_tokens(&store.pool, after, 10, 1000).await.unwrap(), 0);
    assert_eq!(sessions::forget(&store.pool, after, 10).await.unwrap(), 1);
}
