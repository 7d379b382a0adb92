//! Connections of tests to a Redis.

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, RedisResult, aio::MultiplexedConnection};

/// A whole database in one answer takes long.
const PATIENCE: Duration = Duration::from_mins(2);

/// Connects to a store. Waits up to two minutes for the connection and for each answer. By default,
/// a client gives up after a second and after half a second, which a busy machine exceeds.
pub async fn connect_to_store(client: &Client) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    client.get_multiplexed_async_connection_with_config(&config).await
}
