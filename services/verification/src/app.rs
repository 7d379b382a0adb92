//! The state that handlers and jobs share.

use std::sync::Arc;

use estore_base::{clock::Clock, config::Env};
use estore_client::PeerClient;
use estore_contract::PeerName;
use estore_server::{
    SHOP_NAME, StartError,
    auth::{Authenticator, Guarded, Introspector},
};
use estore_stores::{
    pg::{self, PgClock},
    queue::Worker,
};
use estore_telemetry::Platform;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    config::{self, SmtpConfig},
    jobs::Outbox,
    mail::{Composer, Smtp},
    metrics::Metrics,
    store::outbox,
};

/// The state of the service. Cheap to clone, as axum clones it several times for each request.
pub(crate) type App = Arc<Parts>;

pub(crate) struct Parts {
    pub(crate) database: PgPool,
    /// For lists, which may lag behind a little.
    pub(crate) replica: PgPool,
    /// The clock of the database.
    pub(crate) clock: Arc<dyn Clock>,
    /// The same, to be sampled.
    pub(crate) pg_clock: PgClock,
    /// Supplies the contact details of accounts, and decides the effect of links.
    pub(crate) user: PeerClient,
    pub(crate) metrics: Metrics,
    pub(crate) shop: String,
    /// The URL that a form with a new password is sent to.
    pub(crate) reset_url: String,
    /// Notified once an email is committed to the outbox.
    pub(crate) mail: Arc<Notify>,
    /// Notified once a verified event is committed.
    pub(crate) verified_events: Arc<Notify>,
    authenticator: Introspector,
}

impl Parts {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let user = PeerClient::measured(env, platform, PeerName::User)?;
        let database = pg::connect(env)?;
        let pg_clock = PgClock::new(platform.clock.clone());
        let clock: Arc<dyn Clock> = Arc::new(pg_clock.clone());
        Ok(Self {
            replica: pg::replica(env, &database)?,
            database,
            clock,
            pg_clock,
            metrics: Metrics::new(&platform.metrics)?,
            shop: env.get(&SHOP_NAME)?,
            reset_url: config::reset_url(env)?,
            mail: Arc::default(),
            verified_events: Arc::default(),
            authenticator: Introspector::new(user.clone(), platform)?,
            user,
        })
    }

    pub(crate) fn outbox(&self, env: &Env) -> Result<Outbox, StartError> {
        let smtp = SmtpConfig::from_env(env)?;
        Ok(Outbox {
            worker: Worker::new(
                &outbox::QUEUE,
                &self.database,
                &self.clock,
                &self.mail,
                &self.metrics.outbox,
            ),
            user: self.user.clone(),
            composer: Composer {
                from: smtp.from.clone(),
                shop: self.shop.clone(),
                links: config::links(env)?,
            },
            smtp: Smtp::new(&smtp)?,
            attempts: self.metrics.mails.clone(),
        })
    }
}

impl Guarded for Parts {
    fn authenticator(&self) -> &dyn Authenticator {
        &self.authenticator
    }
}
