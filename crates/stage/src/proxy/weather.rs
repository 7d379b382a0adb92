//! What a network does to those who use it.

use std::time::Duration;

use tokio::sync::watch;

/// What a [`Proxy`](super::Proxy) does with what passes. A *chunk* is what one read brought: bytes, whatever they mean.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Weather {
    /// Everything passes at once.
    #[default]
    Clear,
    /// New connections are reset, those that are there are cut.
    Refuse,
    /// Nothing passes in either direction until the weather changes; then it flows.
    Freeze,
    /// A chunk of an answer is lost with this chance, and the client's connection closed. The server got the request.
    DropAnswers {
        /// From 0 to 1.
        chance: f64,
    },
    /// Each chunk waits, in either direction, a random time; the order is kept.
    Delay {
        /// The longest.
        up_to: Duration,
    },
    /// A chunk of a request is held with this chance. The client's connection is closed at once; the server gets the
    /// chunk later, perhaps after what the client sent on another connection meanwhile, and nobody gets its answer.
    Late {
        /// From 0 to 1.
        chance: f64,
        /// How much later.
        by: Duration,
    },
    /// Requests pass. Answers are held until the weather changes; if the server dies before, they are lost.
    HoldAnswers,
    /// A chunk of an answer is cut off at a random byte with this chance, and the connection closed on both sides.
    CutMidway {
        /// From 0 to 1.
        chance: f64,
    },
}

/// The weather, and how often it has cut all connections: a weather that came and went at once has done so too.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sky {
    pub(super) weather: Weather,
    cuts: u64,
}

impl Sky {
    pub(super) fn turn(&mut self, weather: Weather) {
        self.weather = weather;
        self.cuts += u64::from(weather == Weather::Refuse);
    }
}

/// Somebody who watches the sky.
#[derive(Clone)]
pub(super) struct Watcher {
    sky: watch::Receiver<Sky>,
    cuts: u64,
}

impl Watcher {
    pub(super) fn new(sky: watch::Receiver<Sky>) -> Self {
        let cuts = sky.borrow().cuts;
        Self { sky, cuts }
    }

    pub(super) fn now(&self) -> Weather {
        self.sky.borrow().weather
    }

    /// Waits until something may pass, and says under which weather.
    pub(super) async fn thawed(&mut self) -> Weather {
        self.changed_from(Weather::Freeze).await
    }

    /// Waits until it is another weather than this, and says which.
    pub(super) async fn changed_from(&mut self, weather: Weather) -> Weather {
        let other = self.sky.wait_for(|sky| sky.weather != weather).await.map(|sky| sky.weather);
        // Where nobody makes the weather any more, the proxy is gone, and this with it.
        other.unwrap_or_default()
    }

    /// Waits until connections that began when this did are to be cut.
    pub(super) async fn cut(&mut self) {
        let began = self.cuts;
        let _gone = self.sky.wait_for(|sky| sky.weather == Weather::Refuse || sky.cuts != began).await;
    }
}
