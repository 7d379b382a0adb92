//! What handlers and jobs share.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use estore_contract::PeerName;
use estore_kit::{
    Platform, StartError,
    auth::{Authenticator, Introspector},
    clock::Clock,
    config::Env,
    peer::PeerClient,
    pg,
};
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    config::{self, SmtpConfig},
    jobs::Outbox,
    mail::{Composer, Smtp},
    metrics::Metrics,
};

/// The state of the service. Cheap to clone, as axum clones it several times for each request.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) database: PgPool,
    /// For lists, which may be a little behind.
    pub(crate) replica: PgPool,
    pub(crate) clock: Arc<dyn Clock>,
    /// Knows where mails to an account go, and what links do.
    pub(crate) user: PeerClient,
    pub(crate) metrics: Metrics,
    pub(crate) shop: String,
    /// Where a form with a new password is sent.
    pub(crate) reset_url: String,
    /// Notified once a mail is in the outbox, committed.
    pub(crate) mail: Arc<Notify>,
    /// Notified once a report is, committed.
    pub(crate) reports: Arc<Notify>,
    authenticator: Arc<dyn Authenticator>,
}

impl App {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let user = platform.peer(env, PeerName::User)?;
        let database = pg::connect(env)?;
        Ok(Self(Arc::new(Parts {
            replica: pg::replica(env, &database)?,
            database,
            clock: platform.clock.clone(),
            metrics: Metrics::new(&platform.metrics)?,
            shop: env.or("SHOP_NAME", "E-Store".to_owned(), "E-Store")?,
            reset_url: config::reset_url(env)?,
            mail: Arc::default(),
            reports: Arc::default(),
            authenticator: Arc::new(Introspector::new(user.clone(), platform)?),
            user,
        })))
    }

    pub(crate) fn outbox(&self, env: &Env) -> Result<Outbox, StartError> {
        let smtp = SmtpConfig::from_env(env)?;
        let links: String =
            env.or("PUBLIC_URL", "http://localhost:8003".to_owned(), "https://verify.shop.example")?;
        Ok(Outbox {
            database: self.database.clone(),
            clock: self.clock.clone(),
            user: self.user.clone(),
            composer: Composer {
                from: smtp.from.clone(),
                shop: self.shop.clone(),
                public_url: links.trim_end_matches('/').to_owned(),
            },
            smtp: Smtp::new(&smtp)?,
            wake: self.mail.clone(),
            metrics: self.metrics.clone(),
        })
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<App> for Arc<dyn Authenticator> {
    fn from_ref(app: &App) -> Self {
        app.authenticator.clone()
    }
}
