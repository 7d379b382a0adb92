//! Accounts behind sessions, asked for many at once.

use std::sync::Arc;

use estore_contract::{SessionId, UserId, introspection::Role};
use estore_kit::clock::ManualClock;
use estore_user::{
    domain::{Claims, RefreshToken, TokenIssuer},
    store::{callers::Callers, sessions},
};
use futures::future::join_all;
use secrecy::SecretString;
use time::Duration;
use uuid::Uuid;

use crate::store::{NOW, Store};

const IDLE: Duration = Duration::days(14);

fn claims(user: UserId, session: SessionId) -> Claims {
    let issuer = TokenIssuer::new(&SecretString::from("k".repeat(32)), None);
    issuer.read(&issuer.issue(user, session, Role::Customer, NOW).unwrap(), NOW).unwrap()
}

async fn login(store: &Store, user: UserId, n: u128) -> SessionId {
    let (id, token) = (SessionId(Uuid::from_u128(n)), RefreshToken::random());
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
async fn question_outlives_the_caller_who_asked() {
    let store = Store::start("callers-gone").await;
    let user = store.add_user("a@example.com").await;
    let session = login(&store, user, 1).await;
    let callers = Callers::new(store.pool.clone(), Arc::new(ManualClock::new(NOW)), IDLE);
    // Nobody gets a connection, so that every question waits.
    let held = join_all((0..8).map(|_| store.pool.acquire())).await;
    let claims = claims(user, session);
    let (mut gone, mut stays) = (Box::pin(callers.find(&claims)), Box::pin(callers.find(&claims)));
    assert!(futures::poll!(&mut gone).is_pending() && futures::poll!(&mut stays).is_pending());
    drop(gone);
    drop(held);
    assert!(stays.await.unwrap().is_some());
}
