//! The erasure of an account with many emails.

use std::ops::Range;

use estore_contract::{
    PeerName, VerificationId,
    verification::{Locale, Purpose, VerificationRequest},
};
use estore_verification::store::verifications::{self, NewMail};
use serde_json::Map;
use sqlx::raw_sql;
use uuid::Uuid;

use crate::store::{NOW, Store, USER};

/// Lets a statement fail if it deletes more than 1,000 emails, as if its time was over. Also lets
/// the second statement fail.
const LIMITED: &str = "
    CREATE SEQUENCE deletions;
    CREATE FUNCTION limited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM gone) > 1000 OR nextval('deletions') = 2 THEN RAISE EXCEPTION 'failed'; END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER limited AFTER DELETE ON verifications REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION limited();
";

/// Requests emails for the account. Returns the number of those that are kept.
async fn request(store: &Store, keys: Range<u32>) -> usize {
    let mail = |key: u32| NewMail {
        id: VerificationId(Uuid::from_u128(100 + u128::from(key))),
        email: "ada@example.com".parse().unwrap(),
        request: VerificationRequest {
            user_id: USER,
            email: None,
            purpose: Purpose::OrderConfirmed,
            data: Map::new(),
            locale: Locale::En,
            idempotency_key: key.to_string(),
        },
        sample_version: None,
    };
    let mails: Vec<NewMail> = keys.map(mail).collect();
    verifications::accept(&store.pool, PeerName::Payment, &mails, NOW).await.unwrap().len()
}

#[tokio::test]
async fn erasure_goes_on_where_it_failed() {
    let store = Store::start("erasing").await;
    assert_eq!(request(&store, 0..2_000).await, 2_000);
    raw_sql(LIMITED).execute(&store.pool).await.unwrap();
    let left = async || verifications::of_user(&store.pool, USER).await.unwrap().len();
    assert!(verifications::erase(&store.pool, USER, NOW).await.is_err());
    // The store began with an email of its own.
    assert_eq!(left().await, 1_001);
    assert_eq!(request(&store, 2_000..2_001).await, 0, "the account counts as erased");
    verifications::erase(&store.pool, USER, NOW).await.unwrap();
    assert_eq!(left().await, 0);
}
