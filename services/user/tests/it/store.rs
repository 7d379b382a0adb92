//! A private Postgres with the migrations applied.

use std::{borrow::Cow, env};

use estore_base::random;
use estore_contract::{UserId, introspection::Role, text::PersonName, verification::Locale};
use estore_testbed::Postgres;
use estore_user::{
    MIGRATOR,
    domain::RefreshToken,
    store::users::{self, NewUser},
};
use sqlx::{PgPool, migrate::Migrator, postgres::PgPoolOptions};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

/// A store whose server ends with it.
pub(crate) struct Store {
    pub(crate) pool: PgPool,
    pub(crate) url: String,
    _server: Postgres,
}

impl Store {
    /// Starts an empty store, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        let store = Self::without_migrations(name).await;
        MIGRATOR.run(&store.pool).await.unwrap();
        store
    }

    /// Starts a store as a release left it whose last migration was `last`.
    pub(crate) async fn of_release(name: &str, last: i64) -> Self {
        let store = Self::without_migrations(name).await;
        let before = MIGRATOR.iter().filter(|migration| migration.version <= last).cloned().collect();
        let migrator = Migrator { migrations: Cow::Owned(before), ..Migrator::DEFAULT };
        migrator.run(&store.pool).await.unwrap();
        store
    }

    async fn without_migrations(name: &str) -> Self {
        let directory = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("user-tests").join(name);
        if directory.exists() {
            Postgres::erase(&directory).unwrap();
        }
        let server = Postgres::start(&directory, false, None).await.unwrap();
        let url = server.database("userdb").unwrap();
        let pool = PgPoolOptions::new().max_connections(8).connect(&url).await.unwrap();
        Self { pool, url, _server: server }
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

/// Returns a random refresh token.
pub(crate) fn refresh_token() -> RefreshToken {
    random::token()
}
