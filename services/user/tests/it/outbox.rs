//! The number of emails that an address may get in an hour.

use estore_contract::{
    UserId,
    verification::{Locale, Purpose},
};
use estore_user::store::outbox::{self, Mail};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::store::{NOW, Store};

const STRANGER: &str = "stranger@example.com";

async fn push(db: &mut PgConnection, user: UserId, email: &str, purpose: Purpose) {
    let email = email.parse().unwrap();
    let id = Uuid::new_v4();
    let mail = Mail { id, user, email: &email, purpose, name: "Ada", notice: None, locale: Locale::En };
    outbox::push(db, mail, NOW).await.unwrap();
}

async fn count(db: &mut PgConnection, condition: &str) -> i64 {
    let count = format!("SELECT count(*) FROM outbox WHERE {condition}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(db).await.unwrap()
}

#[tokio::test]
async fn closed_account_frees_no_email_for_strangers() {
    let store = Store::start("outbox-closed").await;
    let user = store.add_user("ada@example.com").await;
    let mut connection = store.pool.acquire().await.unwrap();
    let db = &mut *connection;
    push(db, user, "ada@example.com", Purpose::EmailChangeAsked).await;
    for _ in 0..5 {
        push(db, user, STRANGER, Purpose::EmailChange).await;
    }
    sqlx::query("UPDATE outbox SET sent_at = $1, trace = repeat('t', 55)")
        .bind(NOW)
        .execute(&mut *db)
        .await
        .unwrap();
    push(db, user, "unsent@example.com", Purpose::EmailChange).await;

    outbox::drop_of(db, user).await.unwrap();
    assert_eq!(count(db, "true").await, 5, "neither those to the owner nor those that wait");
    let stripped = r#"request = '{"purpose": "email_change"}' AND trace IS NULL"#;
    assert_eq!(count(db, stripped).await, 5);
    push(db, UserId(Uuid::from_u128(99)), STRANGER, Purpose::EmailChange).await;
    assert_eq!(count(db, "email = 'stranger@example.com'").await, 5, "they are used up");
}
