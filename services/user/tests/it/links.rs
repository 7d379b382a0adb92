//! Links in emails: the rows that an outcome ends, and rows from before `mailed_links`.

use estore_contract::{
    Email, UserId,
    verification::{LinkOutcome, Locale},
};
use estore_stores::pg;
use estore_user::store::{
    links::{self, Kind, NewLink, Registration, Registrations},
    users::{self, NewUser},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::store::{NOW, Store};

const FIRST: Uuid = Uuid::from_u128(101);
const SECOND: Uuid = Uuid::from_u128(102);

/// Puts an email in the outbox. Any row will do: a link is stored if its email is there.
async fn enqueue(store: &Store, email: &Email, mail: Uuid, at: OffsetDateTime) {
    sqlx::query("INSERT INTO outbox (id, email, request, due_at, created_at) VALUES ($1, $2, '{}', $3, $3)")
        .bind(mail)
        .bind(email.as_str())
        .bind(at)
        .execute(&store.pool)
        .await
        .unwrap();
}

/// Adds a link in an email that was sent.
async fn send(store: &Store, user: UserId, kind: Kind, email: &Email, mail: Uuid, at: OffsetDateTime) {
    enqueue(store, email, mail, at).await;
    let link = NewLink { mail, user, kind, email, registration: None };
    links::add(&store.pool, link, at).await.unwrap();
}

/// Adds the row that the migration leaves for an older account that is still unverified: one row
/// for all of its links.
async fn row_of_before(store: &Store, user: UserId, email: &Email) {
    sqlx::query(
        "INSERT INTO mailed_links (mail, user_id, kind, email, password_hash, name, locale, created_at)
         VALUES ($1, $1, 'registration', $2, 'hash', 'Ada', 'en', $3)",
    )
    .bind(user.0)
    .bind(email.as_str())
    .bind(NOW)
    .execute(&store.pool)
    .await
    .unwrap();
}

async fn outcome(store: &Store, user: UserId, email: &Email, mail: Uuid) -> Option<LinkOutcome> {
    links::find(&store.pool, user, email, mail).await.unwrap().unwrap().outcome
}

#[tokio::test]
async fn shared_row_goes_to_the_first_link() {
    let store = Store::start("links-before").await;
    let user = store.add_user("ada@example.com").await;
    let email: Email = "ada@example.com".parse().unwrap();
    row_of_before(&store, user, &email).await;
    assert!(links::waits(&store.pool, user, FIRST).await.unwrap());
    links::adopt(&store.pool, user, &email, FIRST).await.unwrap();
    let link = links::find(&store.pool, user, &email, FIRST).await.unwrap().unwrap();
    assert_eq!(link.registration.unwrap().password_hash, "hash");
    links::decide(&store.pool, user, FIRST, LinkOutcome::Verified, Some("hash"), NOW).await.unwrap();
    links::adopt(&store.pool, user, &email, SECOND).await.unwrap();
    assert!(links::find(&store.pool, user, &email, SECOND).await.unwrap().is_none());
    assert!(!links::waits(&store.pool, user, SECOND).await.unwrap());
}

#[tokio::test]
async fn decision_ends_every_other_link_but_undo() {
    let store = Store::start("links-decided").await;
    let user = store.add_user("ada@example.com").await;
    let email: Email = "ada@example.com".parse().unwrap();
    let kinds = [Kind::Move, Kind::Reset, Kind::Reset, Kind::Undo];
    let mails: Vec<Uuid> = (1..=4).map(Uuid::from_u128).collect();
    for (mail, kind) in mails.iter().zip(kinds) {
        send(&store, user, kind, &email, *mail, NOW).await;
    }
    let reset = LinkOutcome::PasswordReset;
    links::decide(&store.pool, user, mails[1], reset, Some("new"), NOW).await.unwrap();
    let superseded = Some(LinkOutcome::Superseded);
    let expected = [superseded, Some(reset), superseded, None];
    for (mail, expected) in mails.iter().zip(expected) {
        assert_eq!(outcome(&store, user, &email, *mail).await, expected);
    }
    // Ended links keep their outcome, but their password no longer counts.
    links::void(&store.pool, user, NOW).await.unwrap();
    let link = links::find(&store.pool, user, &email, mails[1]).await.unwrap().unwrap();
    assert_eq!((link.outcome, link.password_hash), (Some(reset), None));
}

#[tokio::test]
async fn undo_keeps_the_links_of_earlier_addresses() {
    let store = Store::start("links-undone").await;
    let user = store.add_user("ada@example.com").await;
    let [ada, thief, thief_too]: [Email; 3] =
        ["ada", "thief", "thief-too"].map(|name| format!("{name}@example.com").parse().unwrap());
    // Each move sends one link when it is requested and one when it is made, to the address before.
    let sent: [(u8, &Email); 6] =
        [(1, &ada), (2, &ada), (3, &thief), (4, &thief), (5, &thief_too), (6, &thief_too)];
    for (minute, email) in sent {
        let at = NOW + Duration::minutes(minute.into());
        send(&store, user, Kind::Undo, email, Uuid::from_u128(minute.into()), at).await;
    }
    let pressed = Uuid::from_u128(4);
    links::decide(&store.pool, user, pressed, LinkOutcome::Reverted, None, NOW).await.unwrap();
    let mut outcomes = Vec::new();
    for (minute, email) in sent {
        outcomes.push(outcome(&store, user, email, Uuid::from_u128(minute.into())).await);
    }
    let (ended, reverted) = (Some(LinkOutcome::Superseded), Some(LinkOutcome::Reverted));
    assert_eq!(outcomes, [None, None, ended, reverted, ended, ended]);
}

#[tokio::test]
async fn pending_move_is_shown_without_its_email() {
    let store = Store::start("links-unmailed").await;
    let user = store.add_user("ada@example.com").await;
    for new in ["first@example.com", "second@example.com"] {
        let new: Email = new.parse().unwrap();
        links::stop_moves(&store.pool, user, NOW).await.unwrap();
        let link = NewLink { mail: Uuid::new_v4(), user, kind: Kind::Move, email: &new, registration: None };
        links::add(&store.pool, link, NOW).await.unwrap();
        assert_eq!(links::moving_to(&store.pool, user).await.unwrap(), Some(new));
    }
}

#[tokio::test]
async fn registration_without_an_email_counts_as_several() {
    let store = Store::start("links-several").await;
    let user = store.add_user("ada@example.com").await;
    let email: Email = "ada@example.com".parse().unwrap();
    let add = async |mail: Uuid, hash: &str| {
        let (password_hash, name) = (hash.to_owned(), "Ada".to_owned());
        let registration = Registration { password_hash, name, locale: Locale::En };
        let registration = Some(&registration);
        let link = NewLink { mail, user, kind: Kind::Registration, email: &email, registration };
        links::add(&store.pool, link, NOW).await.unwrap();
        links::registrations(&store.pool, user).await.unwrap()
    };
    // It may have replaced an earlier one without an email.
    assert!(matches!(add(FIRST, "hash").await, Registrations::Several));
    enqueue(&store, &email, SECOND, NOW).await;
    assert!(matches!(add(SECOND, "hash").await, Registrations::One(_)));
    assert!(matches!(add(Uuid::new_v4(), "another hash").await, Registrations::Several));
}

#[tokio::test]
async fn accounts_to_remove_are_old_active_and_unproven() {
    let store = Store::start("unproven").await;
    let _proven = store.add_user("proven@example.com").await;
    let mut connection = store.pool.acquire().await.unwrap();
    let mut register = async |number: u128, days: i64| {
        let id = UserId(Uuid::from_u128(number));
        let email: Email = format!("{number}@example.com").parse().unwrap();
        let user = NewUser {
            id,
            email: &email,
            verified: false,
            password_hash: "hash",
            role: estore_contract::introspection::Role::Customer,
            name: &estore_contract::text::PersonName::try_from("Ada".to_owned()).unwrap(),
            locale: estore_contract::verification::Locale::En,
        };
        let at = NOW - Duration::days(days);
        users::register(&mut connection, user, at).await.unwrap()
    };
    let old = register(201, 9).await.unwrap();
    let _young = register(202, 6).await;
    // A second registration restarts the wait, and keeps the id.
    let again = register(203, 9).await.unwrap();
    assert_eq!(register(203, 1).await, Some(again));
    let since: OffsetDateTime = sqlx::query_scalar("SELECT created_at FROM users WHERE id = $1")
        .bind(again.0)
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(since, NOW - Duration::days(9), "lists are ordered by it");
    let disabled = register(204, 9).await.unwrap();
    sqlx::query("UPDATE users SET status = 'disabled' WHERE id = $1")
        .bind(disabled.0)
        .execute(&store.pool)
        .await
        .unwrap();
    let mut transaction = pg::begin(&store.pool).await.unwrap();
    let found = users::lock_unproven(&mut transaction, NOW - Duration::days(7), 10).await.unwrap();
    assert_eq!(found, [old]);
}
