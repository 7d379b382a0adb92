//! The events of one order, as a stream for browsers (Server-Sent Events).
//!
//! A stream is short: it ends before a stop of the service would cut it off. The browser then
//! connects again by itself, and names the last event that it has seen.

use std::{convert::Infallible, time::Duration};

use axum::response::sse::Event;
use estore_contract::OrderId;
use estore_server::epoch::EpochGuard;
use estore_stores::redis::Redis;
use futures::{Stream, StreamExt, stream};
use tokio::time::{Instant, sleep, sleep_until};

use super::streams::OpenStream;
use crate::{
    Error,
    app::App,
    flow::Watch,
    store::details::{self, Details},
};

/// The time after which a stream ends. It is less than the time that requests in progress get when
/// the service stops (20 s).
const LIFE: Duration = Duration::from_secs(18);
/// The pause between two looks at the store, because another replica may move the order.
const PERIOD: Duration = Duration::from_secs(1);
/// The time after which the browser connects again.
const RETRY: Duration = Duration::from_secs(1);

/// A stream in progress.
struct Following {
    redis: Redis,
    epoch: EpochGuard,
    id: OrderId,
    watch: Watch,
    /// The version that the client knows.
    seen: Option<u64>,
    /// The order as read when the stream began.
    first: Option<Details>,
    is_over: bool,
    end: Instant,
    _open: OpenStream,
}

/// Returns the order's current state unless the client has `seen` it, then each later state. Ends
/// after the final one. `watch` began before the order was read.
pub(crate) fn follow(
    app: &App,
    (id, order): (OrderId, Details),
    watch: Watch,
    seen: Option<u64>,
    open: OpenStream,
) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let following = Following {
        redis: app.redis.clone(),
        epoch: app.epoch.clone(),
        id,
        watch,
        seen,
        first: Some(order),
        is_over: false,
        end: Instant::now() + LIFE,
        _open: open,
    };
    let events = stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((event, following))
    });
    stream::iter([Event::default().retry(RETRY)]).chain(events).map(Ok)
}

impl Following {
    async fn next(&mut self) -> Option<Event> {
        loop {
            let found = match self.first.take() {
                Some(order) => Ok(Some(order)),
                None if self.is_over => return None,
                None => {
                    if !self.waited().await {
                        return None;
                    }
                    self.changed().await
                }
            };
            match found.and_then(|order| self.event(order)) {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(order = %self.id, %error, "stream of an order failed; the client will reconnect");
                    return None;
                }
            }
        }
    }

    /// Returns the event about the order, unless the client has seen this state.
    fn event(&mut self, order: Option<Details>) -> Result<Option<Event>, Error> {
        let Some(order) = order else { return Ok(None) };
        self.is_over = order.is_final();
        let version = order.version();
        if self.seen.replace(version) == Some(version) {
            return Ok(None);
        }
        let event = Event::default().event("order").id(version.to_string());
        Ok(Some(event.data(order.json()?)))
    }

    /// Waits until the order may have moved; returns `false` if the stream is to end.
    async fn waited(&mut self) -> bool {
        tokio::select! {
            () = self.watch.moved() => true,
            () = sleep(PERIOD) => true,
            () = sleep_until(self.end) => false,
        }
    }

    /// Reads the order, if its version is another.
    async fn changed(&self) -> Result<Option<Details>, Error> {
        if details::version(&self.redis, self.id).await? == self.seen {
            return Ok(None);
        }
        details::read(&self.redis, self.epoch.expected()?, self.id).await.map(Some)
    }
}
