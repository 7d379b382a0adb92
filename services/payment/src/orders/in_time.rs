//! Waits for work that goes on without its request.

use std::time::Duration;

use estore_server::{Problem, carry};
use tokio::{spawn, time::timeout};

use crate::{domain::Order, flow::Flow, store::orders};

/// The longest wait. It leaves the handler time to answer within its own limit of 30 s, after which
/// the client would learn nothing about its order.
const PATIENCE: Duration = Duration::from_secs(20);

/// Spawns `work` and waits for it. The work goes on if the client disconnects or the time is over.
/// In the latter case returns `None`.
pub(crate) async fn in_time<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<Option<T>, Problem> {
    match timeout(PATIENCE, spawn(carry(work))).await {
        Ok(done) => done.map(Some).map_err(Problem::internal),
        Err(_elapsed) => Ok(None),
    }
}

/// Drives an order for as long as a request may wait, and returns it as it is then. If this process
/// dies, the worker of any replica goes on.
pub(crate) async fn drive(flow: &Flow, order: Order) -> Result<Order, Problem> {
    let (driver, seen) = (flow.clone(), order.clone());
    Ok(match in_time(async move { driver.drive(order).await }).await? {
        Some(now) => now,
        // If it cannot be read, the client still gets its order, as it was.
        None => orders::read(&flow.redis, seen.id).await.unwrap_or(seen),
    })
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn slow_work_goes_on_after_the_wait() {
        let ((go, goes), (done, is_done)) = (oneshot::channel(), oneshot::channel());
        let work = async {
            let _told: Result<(), _> = goes.await;
            done.send(5)
        };
        assert_eq!(in_time(work).await.unwrap(), None);
        go.send(()).unwrap();
        assert_eq!(is_done.await, Ok(5));
        assert_eq!(in_time(async { 5 }).await.unwrap(), Some(5));
    }
}
