//! The readiness checks of a service's own store.

use estore_stores::{
    pg::{self, PgClock},
    redis::{self, Library, Redis},
};
use sqlx::{PgPool, migrate::Migrator};

use super::Readiness;
use crate::epoch::EpochGuard;

impl Readiness {
    /// Creates the check of a database that must have the migrations of `migrator`. It also takes
    /// the first sample of `clock`.
    #[must_use]
    pub fn of_postgres(database: &PgPool, clock: &PgClock, migrator: &'static Migrator) -> Self {
        let (database, clock) = (database.clone(), clock.clone());
        Self::new().check("postgres", move || {
            let (database, clock) = (database.clone(), clock.clone());
            async move { pg::check(&database, &clock, migrator).await }
        })
    }

    /// Creates the checks of a database that must have `libraries`, and must not be stale.
    #[must_use]
    pub fn of_redis(redis: &Redis, libraries: &'static [Library], epoch: &EpochGuard) -> Self {
        let (redis, epoch) = (redis.clone(), epoch.clone());
        let library = move || {
            let redis = redis.clone();
            async move { redis::check(&redis, libraries).await }
        };
        let age = move || {
            let epoch = epoch.clone();
            async move { epoch.check().await }
        };
        Self::new().check("redis", library).check("epoch", age)
    }
}
