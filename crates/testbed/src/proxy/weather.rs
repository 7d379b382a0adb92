//! Network faults.

use std::time::Duration;

use tokio::sync::watch;

/// A toxic: the fault that a [`Proxy`](super::Proxy) applies to its traffic. A *chunk* is the
/// result of one read: bytes, whatever they mean.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Weather {
    /// Everything passes at once.
    #[default]
    Clear,
    /// New connections are reset, and open ones are cut.
    Refuse,
    /// Nothing passes in either direction until the toxic changes; then the held bytes flow.
    Freeze,
    /// A chunk of an answer is lost with this probability, and the connection of the client is
    /// closed. The server got the request.
    DropAnswers {
        /// From 0 to 1.
        chance: f64,
    },
    /// Each chunk waits for a random time, in either direction; the order is kept.
    Delay {
        /// The longest delay.
        up_to: Duration,
    },
    /// A chunk of a request is held with this probability. The connection of the client is closed
    /// at once. The server gets the chunk later, perhaps after newer requests of the client on
    /// another connection. Nobody gets its answer.
    Late {
        /// From 0 to 1.
        chance: f64,
        /// The time until the server gets the chunk.
        by: Duration,
    },
    /// Requests pass. Answers are held until the toxic changes; they are lost if the server dies
    /// before that.
    HoldAnswers,
    /// A chunk of an answer is truncated at a random byte with this probability, and the connection
    /// is closed on both sides.
    CutMidway {
        /// From 0 to 1.
        chance: f64,
    },
}

/// The toxic, and how often it has cut all connections. A toxic that was set only for a moment has
/// cut them, too.
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

/// An observer of the toxic.
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

    /// Waits until bytes may pass, and returns the toxic at that time.
    pub(super) async fn thawed(&mut self) -> Weather {
        self.changed_from(Weather::Freeze).await
    }

    /// Waits until the toxic is another than `weather`, and returns it.
    pub(super) async fn changed_from(&mut self, weather: Weather) -> Weather {
        let other = self.sky.wait_for(|sky| sky.weather != weather).await.map(|sky| sky.weather);
        // If the sender is gone, so is the proxy, and this task ends with it.
        other.unwrap_or_default()
    }

    /// Waits until connections that began with this observer must be cut.
    pub(super) async fn cut(&mut self) {
        let began = self.cuts;
        let _gone = self.sky.wait_for(|sky| sky.weather == Weather::Refuse || sky.cuts != began).await;
    }
}
