//! A Postgres of the tests' own, with the migrations applied.

use std::env;

use estore_contract::{UserId, introspection::Role, text::PersonName, verification::Locale};
use estore_stage::Postgres;
use estore_user::{
    MIGRATOR,
    store::users::{self, NewUser},
};
use sqlx::{PgPool, postgres::PgPoolOptions};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

/// The server ends with it.
pub(crate) struct Store {
    pub(crate) pool: PgPool,
    _server: Postgres,
}

impl Store {
    /// An empty one, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        let directory = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("user-tests").join(name);
        if directory.exists() {
            Postgres::erase(&directory).unwrap();
        }
        let server = Postgres::start(&directory, false, None).await.unwrap();
        let url = server.database("userdb").unwrap();
        let pool = PgPoolOptions::new().max_connections(8).connect(&url).await.unwrap();
        MIGRATOR.run(&pool).await.unwrap();
        Self { pool, _server: server }
    }

    pub(crate) async fn add_user(&self, email: &str) -> UserId {
        let id = UserId(Uuid::from_u128(email.len() as u128));
        let user = NewUser {
            id,
            email: &email.parse().unwrap(),
            verified: true,
            password_hash: "none",
            role: Role::Customer,
            name: &PersonName::try_from("Ada".to_owned()).unwrap(),
            locale: Locale::En,
        };
        let mut connection = self.pool.acquire().await.unwrap();
        assert!(users::insert(&mut connection, user, NOW).await.unwrap());
        id
    }
}
