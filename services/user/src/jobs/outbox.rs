//! Requests the emails in the outbox from the Verification Service, and retries until it accepts
//! them.

use estore_base::fail_point;
use estore_client::{PeerClient, PeerError};
use estore_contract::verification::VerificationRequest;
use estore_stores::queue::Worker;
use estore_telemetry::jobs;

use crate::{app::App, peers::verification, store::outbox};

pub(crate) struct Outbox {
    worker: Worker<VerificationRequest>,
    verification: PeerClient,
}

impl Outbox {
    pub(crate) fn new(app: &App) -> Self {
        let worker = Worker::new(&outbox::QUEUE, &app.database, &app.clock, &app.mail, &app.metrics.mails);
        Self { worker, verification: app.verification.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        self.worker.run_each(&stop, outbox::ACCEPTED, |request| self.ask(request)).await;
    }

    async fn ask(&self, request: VerificationRequest) -> Result<(), PeerError> {
        let answer = verification::ask(&self.verification, &request).await;
        fail_point!("user.mail.answered");
        answer.map(drop)
    }
}
