//! Accounts behind sessions, read for many callers at once.

use std::sync::Arc;

use estore_base::clock::ManualClock;
use estore_contract::{SessionId, UserId, introspection::Role};
use estore_user::{
    domain::{Claims, TokenIssuer},
    store::{callers::Callers, sessions},
};
use futures::future::join_all;
use secrecy::SecretString;
use sqlx::AssertSqlSafe;
use time::Duration;
use uuid::Uuid;

use crate::store::{NOW, Store, refresh_token};

const IDLE: Duration = Duration::days(14);

fn claims(user: UserId, session: SessionId) -> Claims {
    let issuer = TokenIssuer::new(&SecretString::from("k".repeat(32)), None);
    issuer.read(&issuer.issue(&refresh_token(), user, session, Role::Customer, NOW).unwrap(), NOW).unwrap()
}

async fn login(store: &Store, user: UserId, n: u128) -> SessionId {
    let (id, token) = (SessionId(Uuid::from_u128(n)), refresh_token());
    let mut connection = store.pool.acquire().await.unwrap();
    let end = NOW + Duration::days(30);
    sessions::open(&mut connection, id, user, None, &token, end, NOW).await.unwrap();
    id
}

#[tokio::test]
async fn each_caller_finds_its_own_account() {
    let store = Store::start("callers").await;
    let (ada, grace) = (store.add_user("a@example.com").await, store.add_user("grace@example.com").await);
    let (first, second, ended) =
        (login(&store, ada, 1).await, login(&store, grace, 2).await, login(&store, ada, 3).await);
    sessions::end(&store.pool, ended, NOW).await.unwrap();
    let clock = ManualClock::new(NOW);
    let callers = Callers::new(store.pool.clone(), Arc::new(clock.clone()), IDLE);
    let asked: Vec<(Claims, Option<UserId>)> = (0..40)
        .flat_map(|_| {
            [
                (claims(ada, first), Some(ada)),
                (claims(grace, second), Some(grace)),
                (claims(ada, ended), None),
                (claims(grace, first), None),
                (claims(ada, SessionId(Uuid::from_u128(9))), None),
            ]
        })
        .collect();
    let found = join_all(asked.iter().map(|(claims, _)| callers.find(claims))).await;
    for ((_, expected), found) in asked.iter().zip(found) {
        assert_eq!(found.unwrap().map(|account| account.user.profile.id), *expected);
    }

    clock.advance(IDLE);
    assert!(callers.find(&claims(ada, first)).await.unwrap().is_none(), "a session ends that is not used");
}

#[tokio::test]
async fn question_outlives_its_caller() {
    let store = Store::start("callers-gone").await;
    let user = store.add_user("a@example.com").await;
    let session = login(&store, user, 1).await;
    let callers = Callers::new(store.pool.clone(), Arc::new(ManualClock::new(NOW)), IDLE);
    // The pool has no free connection, so every question waits.
    let held = join_all((0..8).map(|_| store.pool.acquire())).await;
    let claims = claims(user, session);
    let (mut gone, mut stays) = (Box::pin(callers.find(&claims)), Box::pin(callers.find(&claims)));
    assert!(futures::poll!(&mut gone).is_pending() && futures::poll!(&mut stays).is_pending());
    drop(gone);
    drop(held);
    assert!(stays.await.unwrap().is_some());
}

#[tokio::test]
async fn corrupt_account_fails_its_own_caller_alone() {
    let store = Store::start("callers-corrupt").await;
    let (ada, grace) = (store.add_user("a@example.com").await, store.add_user("grace@example.com").await);
    let (first, second) = (login(&store, ada, 1).await, login(&store, grace, 2).await);
    let callers = Callers::new(store.pool.clone(), Arc::new(ManualClock::new(NOW)), IDLE);
    let (own, corrupt) = (claims(ada, first), claims(grace, second));
    for (column, valid, corrupted) in [("role", "customer", "owner"), ("locale", "en", "xx")] {
        let change = format!(
            "ALTER TABLE users DROP CONSTRAINT users_{column}_check;
             UPDATE users SET {column} = '{corrupted}' WHERE id = '{grace}'"
        );
        sqlx::raw_sql(AssertSqlSafe(change)).execute(&store.pool).await.unwrap();
        let (found, failed) = tokio::join!(callers.find(&own), callers.find(&corrupt));
        assert!(found.unwrap().is_some(), "{column}");
        let error = failed.unwrap_err().to_string();
        assert!(error.contains(column) && !error.contains(corrupted), "{error}");
        let back = format!("UPDATE users SET {column} = '{valid}'");
        sqlx::raw_sql(AssertSqlSafe(back)).execute(&store.pool).await.unwrap();
    }
}
