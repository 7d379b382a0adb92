//! Compares old orders with Inventory's journal and repairs differences (order-flow section 5).

use std::time::Duration;

use estore_base::fail_point;
use estore_server::epoch::EpochGuard;
use estore_stores::redis::Redis;
use estore_telemetry::{jobs, trace};
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    domain::protocol::{Finding, reconcile},
    flow::RetryLater,
    metrics::Metrics,
    peers::{Inventory, Refused},
    store::reconcile::{self as store, Unsettled},
};

const BATCH: usize = 100;
/// The longest pause between two rounds.
const PERIOD: Duration = Duration::from_mins(1);

pub(crate) struct Reconciler {
    redis: Redis,
    epoch: EpochGuard,
    inventory: Inventory,
    after: Duration,
    metrics: Metrics,
}

impl Reconciler {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            redis: app.redis.clone(),
            epoch: app.epoch.clone(),
            inventory: app.flow.inventory.clone(),
            after: app.config.reconcile_after,
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        // If orders are compared early, as in tests, the job runs as often.
        let period = PERIOD.min(self.after);
        jobs::poll(&stop, &Notify::new(), period, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, RetryLater> {
        self.epoch.guard().await.map_err(Error::from)?;
        let read = self.read_journal().await?;
        let (looked, unsettled) = store::due(&self.redis, self.after, BATCH).await?;
        for order in unsettled {
            self.repair(&order).await?;
        }
        Ok(read || looked >= BATCH)
    }

    /// Reads on in the journal; returns `true` if there may be more.
    async fn read_journal(&self) -> Result<bool, RetryLater> {
        let place = store::place(&self.redis).await?;
        let entries = self.inventory.journal(place.as_deref(), BATCH).await.map_err(Refused::Unknown)?;
        fail_point!("payment.journal.before");
        // If another replica recorded the same part first, this one goes on from the end of it.
        let _noted = store::note(&self.redis, place.as_deref(), &entries).await?;
        Ok(entries.len() >= BATCH)
    }

    async fn repair(&self, unsettled: &Unsettled) -> Result<(), RetryLater> {
        let id = unsettled.order;
        let stock = self.inventory.read(id).await?.map(|reservation| reservation.status);
        let finding = reconcile(unsettled.state, stock);
        // Only repairs are traced, because nearly all orders agree.
        let span = || trace::resume("mend stock", None).with("estore.order.id", || id.to_string());
        let action = match finding {
            Finding::Wait => return Ok(()),
            Finding::Agree => "agree",
            Finding::Restock => {
                span().run(self.inventory.restock(id, 0, None)).await?;
                "put_back"
            }
            Finding::Release => {
                span().run(self.inventory.release(id)).await?;
                "released"
            }
            Finding::Alarm => {
                self.metrics.alarms.with_label_values(&["completed_without_stock"]).inc();
                tracing::error!(order = %id, ?stock, "completed order has no confirmed stock; it needs a person");
                "alarm"
            }
        };
        fail_point!("payment.reconciled.before");
        self.metrics.reconciliations.with_label_values(&[action]).inc();
        if matches!(finding, Finding::Restock | Finding::Release) {
            tracing::warn!(order = %id, state = ?unsettled.state, ?stock, action, "order and stock disagreed; repaired");
            // A repaired order comes again and agrees then. Otherwise it is a completed order that
            // has lost its stock.
            return Ok(());
        }
        Ok(store::settled(&self.redis, id).await?)
    }
}
