//! The state that handlers and jobs share.

use std::sync::Arc;

use async_trait::async_trait;
use estore_base::{KeyedHash, clock::Clock, config::Env};
use estore_client::PeerClient;
use estore_contract::{PeerName, Sensitive, UserId, introspection::Principal};
use estore_server::{
    SHOP_NAME, StartError,
    auth::{AuthUnavailable, Authenticator, Guarded},
};
use estore_stores::pg::{self, PgClock};
use estore_telemetry::Platform;
use sqlx::PgPool;
use time::Duration;
use tokio::sync::Notify;

use crate::{
    config::{self, JwtSecrets},
    domain::TokenIssuer,
    metrics::Metrics,
    passwords::Hasher,
    store::{
        callers::Callers,
        known_networks::NetworkHash,
        sessions::{self, Lifetimes},
        users::User,
    },
};

/// The state of the service. Cheap to clone, as axum clones it several times for each request.
pub(crate) type App = Arc<Parts>;

pub(crate) struct Parts {
    pub(crate) database: PgPool,
    /// Reads the accounts behind access tokens.
    pub(crate) callers: Callers,
    /// For lists, which may lag behind a little.
    pub(crate) replica: PgPool,
    /// The clock of the database.
    pub(crate) clock: Arc<dyn Clock>,
    /// The same, to be sampled.
    pub(crate) pg_clock: PgClock,
    pub(crate) tokens: Arc<TokenIssuer>,
    pub(crate) hasher: Hasher,
    pub(crate) lifetimes: Lifetimes,
    /// The time that an account has to verify its email address.
    pub(crate) unverified: Duration,
    pub(crate) verification: PeerClient,
    pub(crate) payment: PeerClient,
    /// Hash keys for the networks that people log in from. The first key makes new hashes; each key
    /// recognises its own.
    address_keys: Arc<[KeyedHash]>,
    pub(crate) metrics: Metrics,
    pub(crate) shop: String,
    /// Notified once an email is committed to the outbox.
    pub(crate) mail: Arc<Notify>,
    /// Notified once the removal of an account is committed.
    pub(crate) closed: Arc<Notify>,
}

impl Parts {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let secrets = JwtSecrets::from_env(env)?;
        let hasher = Hasher::new(config::peppers(env)?).map_err(|error| StartError::Other(error.into()))?;
        let metrics = Metrics::new(&platform.metrics, &hasher)?;
        let database = pg::connect(env)?;
        let pg_clock = PgClock::new(platform.clock.clone());
        let clock: Arc<dyn Clock> = Arc::new(pg_clock.clone());
        let address_keys = [Some(&secrets.current), secrets.previous.as_ref()];
        let address_keys = address_keys.into_iter().flatten();
        let lifetimes = config::lifetimes(env)?;
        Ok(Self {
            replica: pg::replica(env, &database)?,
            callers: Callers::new(database.clone(), clock.clone(), lifetimes.idle),
            database,
            clock,
            pg_clock,
            tokens: Arc::new(TokenIssuer::new(&secrets.current, secrets.previous.as_ref())),
            hasher,
            lifetimes,
            unverified: config::unverified(env)?,
            address_keys: address_keys.map(|secret| KeyedHash::new(secret, "familiar addresses")).collect(),
            verification: PeerClient::measured(env, platform, PeerName::Verification)?,
            payment: PeerClient::measured(env, platform, PeerName::Payment)?,
            metrics,
            shop: env.get(&SHOP_NAME)?,
            mail: Arc::default(),
            closed: Arc::default(),
        })
    }

    /// Returns the hashes by which `network` is known for `user`, the newest key's first.
    pub(crate) fn network_hashes(&self, user: UserId, network: &str) -> Vec<NetworkHash> {
        let account = user.to_string();
        self.address_keys.iter().map(|key| key.of(&[&account, network])).collect()
    }

    /// Returns the hash by which `network` becomes known for `user`.
    pub(crate) fn network_hash(&self, user: UserId, network: &str) -> NetworkHash {
        self.network_hashes(user, network).first().copied().unwrap_or_default()
    }

    /// Resolves an access token to its caller as of now. The token names the session; the database
    /// supplies the rest.
    pub(crate) async fn principal(&self, token: &Sensitive) -> Result<Option<Principal>, Arc<sqlx::Error>> {
        let Some(claims) = self.tokens.read(token, self.clock.now()) else { return Ok(None) };
        let Some(account) = self.callers.find(&claims).await? else { return Ok(None) };
        Ok(Some(sessions::principal(&claims, account)?))
    }

    /// Returns the account behind an access token, as of now.
    pub(crate) async fn account(&self, token: &Sensitive) -> Result<Option<User>, Arc<sqlx::Error>> {
        let Some(claims) = self.tokens.read(token, self.clock.now()) else { return Ok(None) };
        Ok(self.callers.find(&claims).await?.map(|account| account.user))
    }
}

#[async_trait]
impl Authenticator for Parts {
    async fn authenticate(&self, token: &Sensitive) -> Result<Option<Principal>, AuthUnavailable> {
        self.principal(token).await.map_err(|error| AuthUnavailable(error))
    }
}

impl Guarded for Parts {
    fn authenticator(&self) -> &dyn Authenticator {
        self
    }
}
