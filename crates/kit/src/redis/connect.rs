//! The connection.

use std::time::Duration;

use redis::{
    Client, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, TlsCertificates,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::ExposeSecret;

use super::{Calls, Connection};
use crate::{
    config::{ConfigError, Env},
    live::Live,
    pem,
};

/// The store of one service: a database of a Redis server. Cheap to clone.
#[derive(Clone)]
pub struct Redis {
    /// Made again when the authority is another.
    manager: Live<ConnectionManager>,
    /// `ALLOW_VOLATILE_REDIS`: broken premises are a warning, for tests.
    pub(super) allow_volatile: bool,
    calls: Option<Calls>,
}

impl Redis {
    /// A connection to send commands on. It is shared: commands of many requests are on their way at once.
    #[must_use]
    pub fn connection(&self) -> Connection {
        Connection::over(self.manager.get(), self.calls.clone())
    }

    /// The same, and each call is measured.
    #[must_use]
    pub fn measured(self, calls: &Calls) -> Self {
        Self { calls: Some(calls.clone()), ..self }
    }
}

/// The store that `REDIS_HOST`, `REDIS_PORT`, `REDIS_DB`, `REDIS_USERNAME` and `REDIS_PASSWORD` name, by TLS where
/// `REDIS_TLS` says so. Connects when first used. An answer that takes longer than 1 s is *unknown*, not failed (order-flow section 1).
pub fn connect(env: &Env) -> Result<Redis, ConfigError> {
    connect_to(env, env.or("REDIS_DB", 0, "0")?)
}

/// The same, with another database than `REDIS_DB`.
pub fn connect_to(env: &Env, database: i64) -> Result<Redis, ConfigError> {
    let make = move |env: &Env| manager(env, database);
    let manager = if env.flag("REDIS_TLS", false)? {
        Live::new("redis", env, &["REDIS_TLS_CA", "TLS_CA"], make, make)?
    } else {
        Live::fixed(make(env)?)
    };
    Ok(Redis { manager, allow_volatile: env.flag("ALLOW_VOLATILE_REDIS", false)?, calls: None })
}

fn manager(env: &Env, database: i64) -> Result<ConnectionManager, ConfigError> {
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
    let tls = authority(env)?;
    let address = match &tls {
        Some(_) => ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None },
        None => ConnectionAddr::Tcp(host, port),
    };
    let info = address.into_connection_info().map_err(wrong)?.set_redis_settings(user);
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(1)))
        .set_response_timeout(Some(Duration::from_secs(1)))
        .set_number_of_retries(2)
        .set_min_delay(Duration::from_millis(50))
        .set_max_delay(Duration::from_millis(500));
    let client = match tls {
        Some(authority) => Client::build_with_tls(info, authority)
            .map_err(|_| ConfigError::new("REDIS_TLS_CA", "holds no certificate in PEM", pem::EXAMPLE))?,
        None => Client::open(info).map_err(wrong)?,
    };
    ConnectionManager::new_lazy_with_config(client, config).map_err(wrong)
}

/// Where `REDIS_TLS` is set, whom to trust: the authority in `REDIS_TLS_CA`, or that of the services. The server's certificate
/// must carry the name in `REDIS_HOST`; we show none, and log in with a password.
fn authority(env: &Env) -> Result<Option<TlsCertificates>, ConfigError> {
    if !env.flag("REDIS_TLS", false)? {
        return Ok(None);
    }
    let root = match pem::optional(env, "REDIS_TLS_CA")? {
        Some(root) => root,
        None => pem::optional(env, "TLS_CA")?
            .ok_or_else(|| ConfigError::new("REDIS_TLS_CA", "is not set", pem::EXAMPLE))?,
    };
    if !root.expose_secret().contains("-----BEGIN CERTIFICATE-----") {
        // Of a text without one the client makes an empty list, which trusts nobody.
        return Err(ConfigError::new("REDIS_TLS_CA", "holds no certificate in PEM", pem::EXAMPLE));
    }
    Ok(Some(TlsCertificates { client_tls: None, root_cert: Some(root.expose_secret().as_bytes().to_vec()) }))
}
