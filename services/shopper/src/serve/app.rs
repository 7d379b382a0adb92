//! The state that handlers and jobs share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use estore_base::{
    clock::Clock,
    config::Env,
    random::{bytes, uuid_v4},
};
use estore_contract::{
    FieldError,
    demo::{LoadRequest, LoadState, Told},
};
use estore_server::StartError;
use estore_telemetry::Platform;
use time::OffsetDateTime;
use tokio::sync::watch;

use super::{counts::Counts, people::People, uncompared::Uncompared};
use crate::{
    client::ShopClient,
    config::Config,
    domain::{DEFAULT_MIX, Dial},
    history::History,
    metrics::Metrics,
};

/// The state of the program. Cheap to clone.
pub(crate) type App = Arc<Parts>;

pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) shop: ShopClient,
    pub(crate) history: Arc<History>,
    pub(crate) metrics: Metrics,
    pub(crate) people: People,
    pub(crate) counts: Arc<Counts>,
    pub(crate) uncompared: Arc<Uncompared>,
    /// The seed of all random choices.
    pub(crate) seed: u64,
    /// Distinguishes the keys of this start from those of others.
    pub(crate) start: String,
    clock: Arc<dyn Clock>,
    told: Mutex<Told>,
    turned: watch::Sender<Turned>,
}

/// The dial, and whether it has an effect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turned {
    pub(crate) dial: Dial,
    /// True if the shop is ready and the first buyers are registered.
    pub(crate) ready: bool,
    /// The time since which load is sent.
    since: Option<OffsetDateTime>,
}

impl Turned {
    fn begin_or_end(&mut self, now: OffsetDateTime) {
        let runs = self.ready && self.dial.orders_per_minute() > 0;
        self.since = runs.then(|| self.since.unwrap_or(now));
    }
}

impl Parts {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let config = Config::from_env(env)?;
        let metrics = Metrics::new(&platform.metrics)?;
        let counts = Arc::<Counts>::default();
        let uncompared = Arc::<Uncompared>::default();
        let (measured, counted, answered) = (metrics.clone(), counts.clone(), uncompared.clone());
        let history = History::of_latest(config.history).watched(move |op| {
            measured.ended(op);
            counted.ended(op);
            answered.ended(op);
        });
        let dropped = uncompared.clone();
        let history = history.forgetting(move |op| dropped.dropped(op));
        let dial = Dial::new(config.orders_per_minute, DEFAULT_MIX);
        let dial = dial.map_err(|field| StartError::Other(field.message.into()))?;
        metrics.dial.set(dial.orders_per_minute().into());
        Ok(Self {
            shop: ShopClient::from_env(env, platform)?,
            history: Arc::new(history),
            metrics,
            people: People::default(),
            counts,
            uncompared,
            seed: config.seed.unwrap_or_else(|| u64::from_be_bytes(bytes())),
            start: uuid_v4().simple().to_string().chars().take(12).collect(),
            config,
            clock: platform.clock.clone(),
            told: Mutex::default(),
            turned: watch::Sender::new(Turned { dial, ready: false, since: None }),
        })
    }

    /// Turns the dial, or names the field that is wrong.
    pub(crate) fn turn(&self, request: &LoadRequest) -> Result<(), FieldError> {
        let mix = request.mix.unwrap_or_else(|| self.turned.borrow().dial.mix());
        let dial = Dial::new(request.orders_per_minute, mix)?;
        self.turned.send_modify(|turned| {
            turned.dial = dial;
            turned.begin_or_end(self.clock.now());
        });
        self.metrics.dial.set(dial.orders_per_minute().into());
        tracing::info!(orders_per_minute = dial.orders_per_minute(), mix = ?dial.mix(), "dial turned");
        Ok(())
    }

    /// Notes that the shop is ready and the first buyers are registered.
    pub(crate) fn is_open(&self) {
        self.turned.send_modify(|turned| {
            turned.ready = true;
            turned.begin_or_end(self.clock.now());
        });
    }

    /// Follows the dial.
    pub(crate) fn turned(&self) -> watch::Receiver<Turned> {
        self.turned.subscribe()
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Returns the last comparison, to change it.
    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the answer of `GET /load`.
    pub(crate) fn state(&self) -> LoadState {
        let Turned { dial, ready, since } = *self.turned.borrow();
        let operations = u64::try_from(self.history.len()).unwrap_or(u64::MAX);
        LoadState {
            orders_per_minute: dial.orders_per_minute(),
            mix: dial.mix(),
            ready,
            running_since: since,
            counts: self.counts.read(self.shop.sent()),
            told: Told { operations, forgotten: self.uncompared.forgotten(), ..self.told().clone() },
        }
    }
}
