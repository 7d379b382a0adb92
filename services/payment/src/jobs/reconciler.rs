//! Compares orders with Inventory's journal once they are old, and mends what does not agree (order-flow section 5).

use std::time::Duration;

use estore_kit::{epoch::EpochGuard, fail_point, jobs, redis::Redis, trace};
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    domain::protocol::{Finding, reconcile},
    flow::Stuck,
    metrics::Metrics,
    peers::{Inventory, Refused},
    store::reconcile::{self as store, Unsettled},
};

const BATCH: usize = 100;
/// The longest pause between two looks.
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
        // Where orders are compared early, as in tests, it looks as often.
        let period = PERIOD.min(self.after);
        jobs::poll(&stop, &Notify::new(), period, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Stuck> {
        self.epoch.guard().await.map_err(Error::from)?;
        let read = self.read_journal().await?;
        let (looked, unsettled) = store::due(&self.redis, self.after, BATCH).await?;
        for order in unsettled {
            self.mend(&order).await?;
        }
        Ok(read || looked >= BATCH)
    }

    /// Reads on in the journal; `true` where there may be more.
    async fn read_journal(&self) -> Result<bool, Stuck> {
        let place = store::place(&self.redis).await?;
        let entries = self.inventory.journal(place.as_deref(), BATCH).await.map_err(Refused::Unknown)?;
        fail_point!("payment.journal.before");
        // Where another replica noted the same part first, this one goes on from where that ended.
        let _noted = store::note(&self.redis, place.as_deref(), &entries).await?;
        Ok(entries.len() >= BATCH)
    }

    async fn mend(&self, unsettled: &Unsettled) -> Result<(), Stuck> {
        let id = unsettled.order;
        let stock = self.inventory.read(id).await?.map(|reservation| reservation.status);
        let finding = reconcile(unsettled.state, stock);
        // Only what there is to mend is traced: nearly all agree.
        let span = || trace::resume("mend stock", None).with("estore.order.id", || id.to_string());
        let action = match finding {
            Finding::Wait => return Ok(()),
            Finding::Agree => "agree",
            Finding::PutBack => {
                span().run(self.inventory.put_back(id, 0, None)).await?;
                "put_back"
            }
            Finding::Release => {
                span().run(self.inventory.release(id)).await?;
                "released"
            }
            Finding::Alarm => {
                self.metrics.alarms.with_label_values(&["completed_without_stock"]).inc();
                tracing::error!(order = %id, ?stock, "a completed order has no confirmed stock");
                "alarm"
            }
        };
        fail_point!("payment.reconciled.before");
        self.metrics.reconciliations.with_label_values(&[action]).inc();
        if matches!(finding, Finding::PutBack | Finding::Release) {
            tracing::warn!(order = %id, state = ?unsettled.state, ?stock, action, "an order and its stock did not agree; mended");
            // It comes again, and agrees then; or it is a completed order that has lost its stock.
            return Ok(());
        }
        Ok(store::settled(&self.redis, id).await?)
    }
}
