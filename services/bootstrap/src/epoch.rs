//! The epoch in Postgres and in both Redis databases. It shows if a Redis is older than before
//! (order-flow section 7).

use ::redis::RedisError;
use anyhow::{Result, bail};
use estore_base::config::Env;
use estore_stores::redis::{self, Redis, fcall, fcall_ro};
use sqlx::{PgConnection, query, query_scalar};
use time::OffsetDateTime;

use crate::{
    config::{REDIS_DB_INVENTORY, REDIS_DB_PAYMENT},
    exit::Wrong,
    patience::until_done,
    stores,
};

/// The epochs of the stores; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epochs {
    pub(crate) postgres: i64,
    pub(crate) inventory: i64,
    pub(crate) payment: i64,
}

/// Connections to the stores that have an epoch.
pub(crate) struct Stores {
    postgres: PgConnection,
    inventory: Redis,
    payment: Redis,
}

impl Epochs {
    /// Returns the epoch that every store must have.
    pub(crate) fn wanted(self) -> i64 {
        match self.postgres {
            // Postgres may be the store that was lost.
            0 => self.inventory.max(self.payment),
            postgres => postgres,
        }
    }

    /// Returns the epoch of the older Redis database.
    fn lowest(self) -> i64 {
        self.inventory.min(self.payment)
    }

    /// Returns the epoch since which a store may lack orders or their stock. An empty store has no
    /// epoch; the other one decides. If that of Payment is empty, the last epoch counts. Older
    /// orders are in the backup, and must not be undone because nobody has restored that yet.
    pub(crate) fn missing_since(self) -> i64 {
        match (self.payment, self.inventory) {
            (0, _) => self.wanted(),
            (payment, 0) => payment,
            (payment, inventory) => payment.min(inventory),
        }
    }

    /// Returns an epoch above all of these, which no existing copy can have. An interrupted raise
    /// may have reached one store and not the next, and copies may exist since then.
    pub(crate) fn next(self) -> i64 {
        self.postgres.max(self.inventory).max(self.payment).saturating_add(1)
    }

    /// Returns whether a Redis database is older than before. At the very first epoch none is: the
    /// preparation of a new shop may be interrupted between one store and the next.
    pub(crate) fn is_restored(self) -> bool {
        self.lowest() < self.wanted() && (self.postgres > 0 || self.wanted() > 1)
    }

    fn told(self) -> String {
        let Self { postgres, inventory, payment } = self;
        format!("epoch {postgres} in Postgres, {inventory} in Inventory's Redis, {payment} in Payment's")
    }
}

impl Stores {
    /// Connects to the stores; `REDIS_DB_INVENTORY` and `REDIS_DB_PAYMENT` name the databases.
    pub(crate) async fn open(env: &Env) -> Result<Self> {
        Ok(Self {
            postgres: stores::user_database(env).await?,
            inventory: redis::connect_to(env, env.get(&REDIS_DB_INVENTORY)?)?,
            payment: redis::connect_to(env, env.get(&REDIS_DB_PAYMENT)?)?,
        })
    }

    pub(crate) async fn read(&mut self) -> Result<Epochs> {
        let postgres = query_scalar::<_, Option<i64>>("SELECT max(epoch) FROM epochs");
        Ok(Epochs {
            postgres: postgres.fetch_one(&mut self.postgres).await?.unwrap_or(0),
            inventory: ask(&self.inventory, "inv1", "inv", None).await?,
            payment: ask(&self.payment, "pay1", "pay", None).await?,
        })
    }

    /// Raises the epoch in both Redis databases, and never lowers it.
    async fn raise_redis(&mut self, epoch: i64) -> Result<()> {
        ask(&self.inventory, "inv1", "inv", Some(epoch)).await?;
        estore_base::fail_point!("bootstrap.epoch.between");
        ask(&self.payment, "pay1", "pay", Some(epoch)).await?;
        Ok(())
    }

    /// Raises the epoch, in Redis first: if that is interrupted, no Redis appears restored by
    /// mistake.
    pub(crate) async fn raise(&mut self, epoch: i64) -> Result<()> {
        self.raise_redis(epoch).await?;
        estore_base::fail_point!("bootstrap.epoch.redis");
        query("INSERT INTO epochs (epoch) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(epoch)
            .execute(&mut self.postgres)
            .await?;
        Ok(())
    }

    /// Returns the start time of an epoch, or `None` if that is unknown.
    pub(crate) async fn began(&mut self, epoch: i64) -> Result<Option<OffsetDateTime>> {
        // An epoch whose raise was interrupted before Postgres is a part of the previous one.
        let began =
            query_scalar("SELECT raised_at FROM epochs WHERE epoch <= $1 ORDER BY epoch DESC LIMIT 1")
                .bind(epoch);
        Ok(began.fetch_optional(&mut self.postgres).await?)
    }
}

async fn ask(redis: &Redis, library: &str, tag: &str, raise_to: Option<i64>) -> Result<i64, RedisError> {
    // The only key that the user of bootstrap may access there.
    let key = format!("{{{tag}}}:epoch");
    let call = match raise_to {
        None => fcall_ro(&format!("{library}_epoch"), &key),
        Some(epoch) => fcall(&format!("{library}_raise_epoch"), &key).arg(epoch).to_owned(),
    };
    let ask = async || call.query_async(&mut redis.connection()).await;
    until_done(|error: &RedisError| !redis::is_away(error), ask).await
}

/// Gives a new shop its first epoch. Fails if a Redis is older than before.
pub async fn prepare(env: &Env) -> Result<String> {
    let mut stores = Stores::open(env).await?;
    let epochs = stores.read().await?;
    if epochs.is_restored() {
        let told = epochs.told();
        return Err(Wrong(format!("the store is stale ({told}); run `bootstrap after-restore`")).into());
    }
    if epochs.postgres == 0 {
        stores.raise(epochs.wanted().max(1)).await?;
    }
    Ok(epochs.wanted().max(1).to_string())
}

/// Raises the epoch after a backup, so that anything restored from it is known to be older. Safe to
/// repeat.
pub async fn raise(env: &Env) -> Result<String> {
    let mut stores = Stores::open(env).await?;
    let epochs = stores.read().await?;
    if epochs.postgres == 0 {
        // Waiting may help: the shop may be in preparation.
        bail!("this shop has no epoch yet; run `bootstrap run` first");
    }
    if epochs.is_restored() {
        let told = epochs.told();
        return Err(Wrong(format!("the store is stale ({told}); run `bootstrap after-restore` first")).into());
    }
    let next = epochs.next();
    stores.raise(next).await?;
    Ok(next.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_behind_is_restored_unless_shop_is_new() {
        let restored = |postgres, inventory, payment| Epochs { postgres, inventory, payment }.is_restored();
        assert!(!restored(0, 0, 0), "new");
        assert!(!restored(0, 1, 0), "new, and its preparation was interrupted");
        assert!(!restored(1, 1, 1) && !restored(3, 4, 4), "a backup was cut short before Postgres");
        assert!(!restored(3, 4, 3), "or between both Redis");
        assert!(restored(1, 0, 0) && restored(3, 2, 2) && restored(3, 3, 2) && restored(3, 0, 3));
        assert!(restored(0, 3, 2), "Postgres was lost too");
    }

    #[test]
    fn missing_since_handles_empty_stores() {
        let since = |inventory, payment| Epochs { postgres: 5, inventory, payment }.missing_since();
        assert_eq!([since(3, 3), since(4, 3), since(2, 5), since(0, 3)], [3, 3, 2, 3]);
        assert_eq!([since(0, 0), since(3, 0)], [5, 5]);
    }

    #[test]
    fn next_epoch_exceeds_every_existing_copy() {
        let next = |postgres, inventory, payment| Epochs { postgres, inventory, payment }.next();
        assert_eq!([next(3, 3, 3), next(3, 4, 3), next(3, 4, 4), next(3, 2, 2)], [4, 5, 5, 4]);
    }
}
