//! What handlers and jobs share.

use std::{ops::Deref, sync::Arc};

use async_trait::async_trait;
use axum::extract::FromRef;
use estore_contract::{PeerName, Sensitive, introspection::Principal};
use estore_kit::{
    Platform, StartError,
    auth::{AuthUnavailable, Authenticator},
    clock::Clock,
    config::Env,
    limit::KeyedHash,
    peer::PeerClient,
    pg,
};
use sqlx::PgPool;
use time::Duration;
use tokio::sync::Notify;

use crate::{
    config::{self, JwtSecrets},
    domain::{Hasher, TokenIssuer},
    metrics::Metrics,
    store::{
        callers::Callers,
        sessions::{self, Lifetimes},
        users::User,
    },
};

/// The state of the service. Cheap to clone, as axum clones it several times for each request.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) database: PgPool,
    /// Reads who calls.
    pub(crate) callers: Callers,
    /// For lists, which may be a little behind.
    pub(crate) replica: PgPool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tokens: Arc<TokenIssuer>,
    pub(crate) hasher: Hasher,
    pub(crate) lifetimes: Lifetimes,
    /// For how long an account waits for its address to be proven.
    pub(crate) unverified: Duration,
    pub(crate) verification: PeerClient,
    pub(crate) payment: PeerClient,
    /// Of addresses from which people log in: the first makes new ones, each recognises its own.
    pub(crate) address_keys: Arc<[KeyedHash]>,
    pub(crate) metrics: Metrics,
    pub(crate) shop: String,
    /// Notified once a mail is in the outbox, committed.
    pub(crate) mail: Arc<Notify>,
    /// Notified once an account is closed, committed.
    pub(crate) closed: Arc<Notify>,
}

impl App {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let secrets = JwtSecrets::from_env(env)?;
        let hasher = Hasher::new(config::peppers(env)?).map_err(|error| StartError::Other(error.into()))?;
        let metrics = Metrics::new(&platform.metrics, &hasher)?;
        let database = pg::connect(env)?;
        let address_keys = [Some(&secrets.current), secrets.previous.as_ref()];
        let address_keys = address_keys.into_iter().flatten();
        let lifetimes = config::lifetimes(env)?;
        Ok(Self(Arc::new(Parts {
            replica: pg::replica(env, &database)?,
            callers: Callers::new(database.clone(), platform.clock.clone(), lifetimes.idle),
            database,
            clock: platform.clock.clone(),
            tokens: Arc::new(TokenIssuer::new(&secrets.current, secrets.previous.as_ref())),
            hasher,
            lifetimes,
            unverified: config::unverified(env)?,
            address_keys: address_keys.map(|secret| KeyedHash::new(secret, "familiar addresses")).collect(),
            verification: platform.peer(env, PeerName::Verification)?,
            payment: platform.peer(env, PeerName::Payment)?,
            metrics,
            shop: env.or("SHOP_NAME", "E-Store".to_owned(), "E-Store")?,
            mail: Arc::default(),
            closed: Arc::default(),
        })))
    }

    /// Who is behind an access token, now: the token says which session, the database says the rest.
    pub(crate) async fn principal(&self, token: &Sensitive) -> Result<Option<Principal>, Arc<sqlx::Error>> {
        let Some(claims) = self.tokens.read(token, self.clock.now()) else { return Ok(None) };
        let Some(account) = self.callers.find(&claims).await? else { return Ok(None) };
        Ok(Some(sessions::principal(&claims, account)?))
    }

    /// The account behind an access token, now.
    pub(crate) async fn account(&self, token: &Sensitive) -> Result<Option<User>, Arc<sqlx::Error>> {
        let Some(claims) = self.tokens.read(token, self.clock.now()) else { return Ok(None) };
        Ok(self.callers.find(&claims).await?.map(|account| account.user))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

#[async_trait]
impl Authenticator for App {
    async fn authenticate(&self, token: &Sensitive) -> Result<Option<Principal>, AuthUnavailable> {
        self.principal(token).await.map_err(|error| AuthUnavailable(error))
    }
}

impl FromRef<App> for Arc<dyn Authenticator> {
    fn from_ref(app: &App) -> Self {
        Arc::new(app.clone())
    }
}
