//! The connection to Redis.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use estore_base::{
    config::{ConfigError, Env, Setting},
    identity::TLS_CA,
    pem,
    reloadable::Reloadable,
};
use redis::{
    Client, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, TlsCertificates,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::ExposeSecret;

use super::{Calls, Connection, login};

const REDIS_HOST: Setting =
    Setting::text("REDIS_HOST", "Host of Redis 7.0 or newer, or of Valkey.").example("localhost");
const REDIS_PORT: Setting = Setting::number("REDIS_PORT", "Port of Redis.").default("6379");
/// The database of a service.
pub const REDIS_DB: Setting = Setting::number("REDIS_DB", "Database of this service in Redis.").default("0");
const REDIS_USERNAME: Setting =
    Setting::text("REDIS_USERNAME", "User at Redis.").optional().example("payment");
/// The password of the user.
pub const REDIS_PASSWORD: Setting = Setting::secret("REDIS_PASSWORD", "Password of that user.").optional();
const REDIS_TLS: Setting = Setting::switch(
    "REDIS_TLS",
    "Whether to use TLS; the server's certificate must carry the name in `REDIS_HOST`.",
);
const REDIS_TLS_CA: Setting = Setting::pem("REDIS_TLS_CA", "CA of the certificate of Redis.")
    .computed("`TLS_CA`")
    .example(pem::EXAMPLE);
const ALLOW_VOLATILE_REDIS: Setting = Setting::switch(
    "ALLOW_VOLATILE_REDIS",
    "Whether to serve, with a warning, if Redis may lose acknowledged writes; otherwise the service is \
     not ready.",
);

/// The settings of the connection. A service has [`REDIS_DB`] in addition.
pub const SETTINGS: &[Setting] =
    &[REDIS_HOST, REDIS_PORT, REDIS_USERNAME, REDIS_PASSWORD, REDIS_TLS, REDIS_TLS_CA, ALLOW_VOLATILE_REDIS];

/// The number of calls without an answer, one after the other, after which a connection counts as
/// lost. The way to the server may be gone, and the kernel would notice after a quarter of an hour.
const LOST: u32 = 3;

/// A database of a server, and the settings to connect to it.
pub(super) struct Database {
    /// Made again when the CA or the password changes, and after failed attempts to connect.
    manager: Reloadable<ConnectionManager>,
    env: Env,
    pub(super) number: i64,
    /// The calls without an answer since the last one with an answer.
    unanswered: AtomicU32,
}

impl Database {
    /// Returns the latest connection.
    pub(super) fn latest(&self) -> Arc<ConnectionManager> {
        self.manager.latest()
    }

    /// Notes an answer of the server.
    pub(super) fn answered(&self) {
        if self.unanswered.load(Ordering::Relaxed) > 0 {
            self.unanswered.store(0, Ordering::Relaxed);
        }
    }

    /// Notes a call over `silent` without an answer in time. The library keeps such a connection.
    pub(super) fn unanswered(&self, silent: &Arc<ConnectionManager>) {
        // Late calls over a connection that was replaced say nothing of the new one.
        let is_latest = Arc::ptr_eq(silent, &self.latest());
        if is_latest && self.unanswered.fetch_add(1, Ordering::Relaxed) + 1 >= LOST {
            self.connect_again(silent);
        }
    }

    /// Connects anew, if `failed` is still the latest connection. The library keeps the outcome of
    /// an attempt to connect, and repeats the attempt only after an I/O error.
    pub(super) fn connect_again(&self, failed: &Arc<ConnectionManager>) {
        if let Ok(again) = manager(&self.env, self.number) {
            self.manager.replace(failed, again);
            self.unanswered.store(0, Ordering::Relaxed);
        }
    }
}

/// The store of one service: a database of a Redis server. Cheap to clone.
#[derive(Clone)]
pub struct Redis {
    database: Arc<Database>,
    /// `ALLOW_VOLATILE_REDIS`: failed durability checks are only warnings, for tests.
    pub(super) allow_volatile: bool,
    calls: Option<Calls>,
}

impl Redis {
    /// Returns a connection for commands. It is shared: the commands of many requests are in flight
    /// at once.
    #[must_use]
    pub fn connection(&self) -> Connection {
        Connection::to(self.database.clone(), self.calls.clone())
    }

    /// Returns host and port, if the server is reached over TLS.
    pub(super) fn tls_address(&self) -> Option<(String, u16)> {
        let env = &self.database.env;
        let is_tls = env.flag(&REDIS_TLS).is_ok_and(|tls| tls);
        is_tls.then(|| address(env).ok()).flatten()
    }

    /// Connects anew. A connection whose login was rejected stays rejected, even after the server
    /// accepts the password.
    pub(super) fn log_in_again(&self) {
        self.database.connect_again(&self.database.latest());
    }

    /// Measures each call.
    #[must_use]
    pub fn measured(self, calls: &Calls) -> Self {
        Self { calls: Some(calls.clone()), ..self }
    }
}

/// Returns the store that `REDIS_HOST`, `REDIS_PORT`, `REDIS_DB`, `REDIS_USERNAME` and
/// `REDIS_PASSWORD` name, over TLS if `REDIS_TLS` is true. It connects when first used. The outcome
/// of a call without an answer in 1 s is *unknown*, not failed (order-flow section 1).
pub fn connect(env: &Env) -> Result<Redis, ConfigError> {
    connect_to(env, env.get(&REDIS_DB)?)
}

/// Returns the same store, with `database` instead of `REDIS_DB`.
pub fn connect_to(env: &Env, database: i64) -> Result<Redis, ConfigError> {
    let make = move |env: &Env| manager(env, database);
    let manager = if env.flag(&REDIS_TLS)? {
        Reloadable::new("redis", env, &[REDIS_TLS_CA, TLS_CA], make, make)?
    } else {
        Reloadable::fixed(make(env)?)
    };
    login::follow(&manager, env, database)?;
    let allow_volatile = env.flag(&ALLOW_VOLATILE_REDIS)?;
    let database =
        Arc::new(Database { manager, env: env.clone(), number: database, unanswered: AtomicU32::new(0) });
    Ok(Redis { database, allow_volatile, calls: None })
}

fn address(env: &Env) -> Result<(String, u16), ConfigError> {
    Ok((env.get(&REDIS_HOST)?, env.get(&REDIS_PORT)?))
}

pub(super) fn manager(env: &Env, database: i64) -> Result<ConnectionManager, ConfigError> {
    let (host, port) = address(env)?;
    let mut user = RedisConnectionInfo::default().set_db(database);
    if let Some(username) = env.optional::<String>(&REDIS_USERNAME)? {
        user = user.set_username(username);
    }
    if let Some(password) = env.optional_secret(&REDIS_PASSWORD)? {
        user = user.set_password(password.expose_secret());
    }
    let wrong = |error: redis::RedisError| REDIS_HOST.wrong(format!("is wrong ({error})"));
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
            .map_err(|_| REDIS_TLS_CA.wrong("holds no certificate in PEM"))?,
        None => Client::open(info).map_err(wrong)?,
    };
    ConnectionManager::new_lazy_with_config(client, config).map_err(wrong)
}

/// Returns the trusted CA if `REDIS_TLS` is set: the one in `REDIS_TLS_CA`, or that of the
/// services. The server's certificate must carry the name in `REDIS_HOST`. The client presents no
/// certificate, and logs in with a password.
fn authority(env: &Env) -> Result<Option<TlsCertificates>, ConfigError> {
    if !env.flag(&REDIS_TLS)? {
        return Ok(None);
    }
    let root = match pem::optional(env, &REDIS_TLS_CA)? {
        Some(root) => root,
        None => pem::optional(env, &TLS_CA)?.ok_or_else(|| REDIS_TLS_CA.wrong("is not set"))?,
    };
    if !root.expose_secret().contains("-----BEGIN CERTIFICATE-----") {
        // From a text without a certificate, the client would make an empty list, which trusts
        // nobody.
        return Err(REDIS_TLS_CA.wrong("holds no certificate in PEM"));
    }
    Ok(Some(TlsCertificates { client_tls: None, root_cert: Some(root.expose_secret().as_bytes().to_vec()) }))
}
