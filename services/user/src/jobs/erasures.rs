//! Asks the services that hold personal data to erase closed accounts, and retries until they
//! confirm.

use estore_base::fail_point;
use estore_client::{PeerClient, PeerError};
use estore_contract::PeerName;
use estore_stores::queue::Worker;
use estore_telemetry::jobs;

use crate::{
    app::App,
    peers::privacy,
    store::erasures::{self, Erasure},
};

pub(crate) struct Erasures {
    worker: Worker<Erasure>,
    payment: PeerClient,
    verification: PeerClient,
}

impl Erasures {
    pub(crate) fn new(app: &App) -> Self {
        let worker =
            Worker::new(&erasures::QUEUE, &app.database, &app.clock, &app.closed, &app.metrics.erasures);
        Self { worker, payment: app.payment.clone(), verification: app.verification.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        self.worker.run_each(&stop, erasures::CONFIRMED, |erasure| self.ask(erasure)).await;
    }

    async fn ask(&self, Erasure { user, peer }: Erasure) -> Result<(), PeerError> {
        let client = if peer == PeerName::Payment { &self.payment } else { &self.verification };
        let answer = privacy::erase(client, user).await;
        fail_point!("user.erasure.answered");
        answer?;
        tracing::info!(%user, %peer, "closed account erased at the peer");
        Ok(())
    }
}
