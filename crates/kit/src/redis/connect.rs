//! The connection.

use std::time::Duration;

use redis::{
    Client, IntoConnectionInfo, RedisConnectionInfo,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::ExposeSecret;

use crate::config::{ConfigError, Env};

/// The store of one service: a database of a Redis server. Cheap to clone.
#[derive(Clone)]
pub struct Redis {
    manager: ConnectionManager,
    /// `ALLOW_VOLATILE_REDIS`: broken premises are a warning, for tests.
    pub(super) allow_volatile: bool,
}

impl Redis {
    /// A connection to send commands on. It is shared: commands of many requests are on their way at once.
    #[must_use]
    pub fn connection(&self) -> ConnectionManager {
        self.manager.clone()
    }
}

/// The store that `REDIS_HOST`, `REDIS_PORT`, `REDIS_DB`, `REDIS_USERNAME` and `REDIS_PASSWORD` name. Connects when first
/// used. An answer that takes longer than 1 s is *unknown*, not failed (order-flow section 1).
pub fn connect(env: &Env) -> Result<Redis, ConfigError> {
    connect_to(env, env.or("REDIS_DB", 0, "0")?)
}

/// The same, with another database than `REDIS_DB`.
pub fn connect_to(env: &Env, database: i64) -> Result<Redis, ConfigError> {
    let host: String = env.required("REDIS_HOST", "localhost")?;
    let port: u16 = env.or("REDIS_PORT", 6379, "6379")?;
    let mut user = RedisConnectionInfo::default().set_db(database);
    if let Some(username) = env.optional::<String>("REDIS_USERNAME", "payment")? {
        user = user.set_username(username);
    }
    if let Some(password) = env.optional_secret("REDIS_PASSWORD")? {
        user = user.set_password(password.expose_secret());
    }
    let wrong =
        |error: redis::RedisError| ConfigError::new("REDIS_HOST", format!("is wrong ({error})"), "localhost");
    let info = (host, port).into_connection_info().map_err(wrong)?.set_redis_settings(user);
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(1)))
        .set_response_timeout(Some(Duration::from_secs(1)))
        .set_number_of_retries(2)
        .set_min_delay(Duration::from_millis(50))
        .set_max_delay(Duration::from_millis(500));
    let client = Client::open(info).map_err(wrong)?;
    let manager = ConnectionManager::new_lazy_with_config(client, config).map_err(wrong)?;
    Ok(Redis { manager, allow_volatile: env.flag("ALLOW_VOLATILE_REDIS", false)? })
}
