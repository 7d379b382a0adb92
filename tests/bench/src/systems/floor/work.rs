//! The work of the floor: round trips to Redis, and hashing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::available_parallelism,
};

use anyhow::{Result, anyhow};
use argon2::{Algorithm, Argon2, Params, Version};
use redis::{Client, aio::MultiplexedConnection, cmd};
use tokio::{sync::Semaphore, task::spawn_blocking};

use Step::{Hop, Write};

pub(super) const PRODUCTS: usize = 1_000;
/// The number of keys that writes use in turn, so that memory stays bounded.
const KEYS: u64 = 100_000;
const LIBRARY: &str = include_str!("floor.lua");

/// One durable round trip of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A trip to the floor's own Redis.
    Write,
    /// A trip to the peer, which writes to Redis.
    Hop,
}

/// The round trips of an order in the first version of the protocol. They create, reserve, note it,
/// create the payment, note it, authorize, note it, begin to confirm, confirm, note it, capture,
/// complete.
pub(super) const ORDER: [Step; 12] =
    [Write, Hop, Write, Write, Write, Write, Write, Write, Hop, Write, Write, Write];

/// A connection with its functions and products loaded.
#[derive(Clone)]
pub(super) struct Work {
    redis: MultiplexedConnection,
    next: Arc<AtomicU64>,
}

impl Work {
    pub(super) async fn prepare(url: &str) -> Result<Self> {
        let mut redis = Client::open(url)?.get_multiplexed_async_connection().await?;
        let _: String =
            cmd("FUNCTION").arg("LOAD").arg("REPLACE").arg(LIBRARY).query_async(&mut redis).await?;
        for at in 0..PRODUCTS {
            let _: () = cmd("SET").arg(key(at)).arg(product(at)).query_async(&mut redis).await?;
        }
        Ok(Self { redis, next: Arc::default() })
    }

    pub(super) async fn get(&self, at: usize) -> Result<String> {
        Ok(cmd("GET").arg(key(at)).query_async(&mut self.redis.clone()).await?)
    }

    pub(super) async fn get_twenty(&self) -> Result<Vec<String>> {
        let keys: Vec<String> = (0..20).map(key).collect();
        Ok(cmd("MGET").arg(keys).query_async(&mut self.redis.clone()).await?)
    }

    /// Calls a function that writes durably.
    pub(super) async fn put(&self) -> Result<()> {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % KEYS;
        let mut call = cmd("FCALL");
        call.arg("floor_put").arg(1).arg(format!("floor:{at}")).arg(product(7));
        let _: i64 = call.query_async(&mut self.redis.clone()).await?;
        Ok(())
    }
}

fn key(at: usize) -> String {
    format!("floor:product:{at}")
}

/// Returns a product as long as one of the measured catalogue.
pub(super) fn product(at: usize) -> String {
    let price = 100 + at * 7;
    format!(
        r#"{{"sku":"BENCH-{at:06}","name":"Foldable copper kettle {at}","description":"A foldable copper kettle. It is made to last, it is easy to clean, and it goes well with the linen towel and the oak shelf of the same series.","price":{{"amount":{price},"currency":"USD"}},"category":"leaf-7","tags":["copper","foldable"],"images":[],"attributes":{{"colour":"blue","material":"copper"}},"available":1000000,"status":"active","version":1,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}"#
    )
}

/// Argon2id with the parameters of the User Service, on one thread for each core.
pub(super) struct Hashing {
    cores: Semaphore,
    argon2: Argon2<'static>,
}

impl Hashing {
    pub(super) fn new() -> Result<Self> {
        let params = Params::new(19_456, 2, 1, None).map_err(|error| anyhow!("argon2: {error}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(Self { cores: Semaphore::new(available_parallelism()?.get()), argon2 })
    }

    pub(super) async fn hash(&self) -> Result<()> {
        let _core = self.cores.acquire().await?;
        let argon2 = self.argon2.clone();
        let hashed = spawn_blocking(move || {
            argon2.hash_password_into(b"correct-horse-battery-staple", b"sixteen byte salt", &mut [0; 32])
        });
        hashed.await?.map_err(|error| anyhow!("argon2: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_has_twelve_trips_and_two_hops() {
        assert_eq!(ORDER.len(), 12);
        assert_eq!(ORDER.iter().filter(|step| **step == Hop).count(), 2);
    }

    #[test]
    fn product_is_json() {
        assert!(serde_json::from_str::<serde_json::Value>(&product(3)).is_ok());
    }
}
