//! A private Postgres with the migrations applied.

use std::env;

use estore_contract::{
    PeerName, UserId, VerificationId,
    verification::{Locale, Purpose, Verification, VerificationRequest},
};
use estore_testbed::Postgres;
use estore_verification::{
    MIGRATOR,
    store::verifications::{self, NewMail},
};
use serde_json::Map;
use sqlx::{PgPool, postgres::PgPoolOptions};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);
pub(crate) const MAIL: VerificationId = VerificationId(Uuid::from_u128(1));
pub(crate) const USER: UserId = UserId(Uuid::from_u128(2));

/// A store whose server ends with it.
pub(crate) struct Store {
    pub(crate) pool: PgPool,
    _server: Postgres,
}

impl Store {
    /// Starts a store with one queued email, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        let tests = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("verification-tests");
        let directory = tests.join(name);
        if directory.exists() {
            Postgres::erase(&directory).unwrap();
        }
        let server = Postgres::start(&directory, false, None).await.unwrap();
        let url = server.database("verificationdb").unwrap();
        let pool = PgPoolOptions::new().max_connections(4).connect(&url).await.unwrap();
        MIGRATOR.run(&pool).await.unwrap();
        let store = Self { pool, _server: server };
        store.enqueue().await;
        store
    }

    async fn enqueue(&self) {
        let request = VerificationRequest {
            user_id: USER,
            email: None,
            purpose: Purpose::Email,
            data: Map::new(),
            locale: Locale::En,
            idempotency_key: "key".to_owned(),
        };
        let email = "ada@example.com".parse().unwrap();
        let mail = NewMail { id: MAIL, email, request, sample_version: None };
        let _ids = verifications::accept(&self.pool, PeerName::User, &[mail], NOW).await.unwrap();
    }

    pub(crate) async fn mail(&self) -> Verification {
        verifications::read(&self.pool, MAIL).await.unwrap().unwrap()
    }
}
