//! Delivers verified events to the User Service, and retries until it answers.

use estore_base::fail_point;
use estore_client::PeerClient;
use estore_stores::{pg, queue::Worker};
use estore_telemetry::jobs;

use crate::{
    Error,
    app::App,
    peers::user,
    store::verified_events::{self, VerifiedEvent},
};

pub(crate) struct VerifiedEvents {
    worker: Worker<VerifiedEvent>,
    user: PeerClient,
}

impl VerifiedEvents {
    pub(crate) fn new(app: &App) -> Self {
        let worker = Worker::new(
            &verified_events::QUEUE,
            &app.database,
            &app.clock,
            &app.verified_events,
            &app.metrics.verified_events,
        );
        Self { worker, user: app.user.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        self.worker.run_each(&stop, verified_events::RECEIVED, |event| self.deliver(event)).await;
    }

    async fn deliver(&self, VerifiedEvent { user, event }: VerifiedEvent) -> Result<(), Error> {
        let answer = user::pressed(&self.user, user, &event).await;
        fail_point!("verification.report.answered");
        Ok(pg::within(verified_events::decided(&self.worker.database, event.verification_id, answer?))
            .await?)
    }
}
