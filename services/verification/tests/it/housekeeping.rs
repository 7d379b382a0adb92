//! Old emails and tokens: what expires, what is forgotten, and how much at once.

use estore_base::random;
use estore_contract::verification::VerificationStatus;
use estore_verification::{
    domain::MailToken,
    store::{outbox, tokens, verifications},
};
use time::Duration;

use crate::store::{MAIL, NOW, Store, USER};

const HOUR: Duration = Duration::hours(1);

/// Starts a store whose email was sent twice. The second token lasts for an hour.
async fn sent(name: &str) -> Store {
    let store = Store::start(name).await;
    for lifetime in [HOUR / 2, HOUR] {
        let token: MailToken = random::token();
        tokens::add(&store.pool, &token, MAIL, NOW + lifetime).await.unwrap();
    }
    outbox::sent(&store.pool, &[(MAIL, "250 ok".to_owned())], NOW).await.unwrap();
    store
}

#[tokio::test]
async fn email_expires_with_its_last_token() {
    let store = sent("housekeeping-expire").await;
    let expire = async |after, limit| verifications::expire(&store.pool, NOW + after, limit).await.unwrap();
    assert_eq!(expire(HOUR - Duration::SECOND, 10).await, 0);
    assert_eq!((expire(HOUR, 0).await, expire(HOUR, 10).await, expire(HOUR, 10).await), (0, 1, 0));
    assert_eq!(store.mail().await.status, VerificationStatus::Expired);
}

#[tokio::test]
async fn tokens_are_forgotten_in_batches() {
    let store = sent("housekeeping-tokens").await;
    let forget = async |after, limit| tokens::forget(&store.pool, NOW + after, limit).await.unwrap();
    assert_eq!(forget(HOUR / 2, 10).await, 0);
    assert_eq!((forget(HOUR * 2, 1).await, forget(HOUR * 2, 1).await, forget(HOUR * 2, 1).await), (1, 1, 0));
}

#[tokio::test]
async fn late_emails_are_erased_in_batches() {
    let store = Store::start("housekeeping-late").await;
    // The email was written while its account was erased.
    sqlx::query("INSERT INTO erased_users (user_id, erased_at) VALUES ($1, $2)")
        .bind(USER.0)
        .bind(NOW)
        .execute(&store.pool)
        .await
        .unwrap();
    let erase = async |since, limit| verifications::erase_late(&store.pool, since, limit).await.unwrap();
    assert_eq!(erase(NOW, 10).await, 0);
    let since = NOW - HOUR;
    assert_eq!((erase(since, 0).await, erase(since, 10).await, erase(since, 10).await), (0, 1, 0));
}

#[tokio::test]
async fn expiry_does_not_read_every_email() {
    let store = sent("housekeeping-index").await;
    let mut connection = store.pool.acquire().await.unwrap();
    // A plan for a table that is not tiny.
    sqlx::query("SET enable_seqscan = off").execute(&mut *connection).await.unwrap();
    sqlx::query("SET track_counts = on").execute(&mut *connection).await.unwrap();
    verifications::expire(&mut *connection, NOW + HOUR, 10).await.unwrap();
    sqlx::query("SELECT pg_stat_force_next_flush()").execute(&mut *connection).await.unwrap();
    let used: i64 = sqlx::query_scalar(
        "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'verifications_unused'",
    )
    .fetch_one(&mut *connection)
    .await
    .unwrap();
    assert_eq!(used, 1);
}
