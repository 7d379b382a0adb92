//! The metrics of emails and their tokens.

use estore_server::auth;
use estore_stores::pg;
use estore_telemetry::metrics::{
    Definition, IntCounterVec, Label, Meter, OUTBOXES, Outbox, Outboxes, Section,
};

use crate::Error;

const MAILS: Definition = Definition::counter(
    "estore_mails_total",
    "Attempts to send an email by purpose: the mail server accepted it (sent), it will be retried (retried), or it is given up (bounced)",
    &[
        Label::each(
            "purpose",
            &[
                "email",
                "email_change",
                "email_change_asked",
                "email_changed",
                "password_reset",
                "already_registered",
                "security_notice",
                "order_confirmed",
                "order_refunded",
            ],
        ),
        Label::each("outcome", &["sent", "retried", "bounced"]),
    ],
);
const VERIFICATIONS: Definition = Definition::counter(
    "estore_verifications_total",
    "Uses of tokens from emails, by outcome",
    &[Label::each("outcome", &["verified", "expired", "used", "unknown"])],
);

/// The metrics of this service beyond those that every service has.
pub const METRICS: [Section; 4] = [
    pg::METRICS,
    auth::METRICS,
    OUTBOXES,
    Section { title: "Verification: emails and their tokens", metrics: &[MAILS, VERIFICATIONS] },
];

/// The counters and gauges of emails.
#[derive(Clone)]
pub(crate) struct Metrics {
    /// Attempts by purpose and outcome.
    pub(crate) mails: IntCounterVec,
    /// Uses of tokens by outcome.
    verifications: IntCounterVec,
    /// Emails that wait for the mail server.
    pub(crate) outbox: Outbox,
    /// Verified events that the User Service has not accepted yet.
    pub(crate) verified_events: Outbox,
}

impl Metrics {
    /// Counts the use of a token. Other failures do not count as a use.
    pub(crate) fn redeemed<T>(&self, outcome: &Result<T, Error>) {
        let label = match outcome {
            Ok(_) => "verified",
            Err(Error::TokenExpired) => "expired",
            Err(Error::TokenUsed) => "used",
            Err(Error::TokenUnknown) => "unknown",
            Err(_) => return,
        };
        self.verifications.with_label_values(&[label]).inc();
    }

    /// Registers the metrics.
    pub(crate) fn new(meter: &Meter) -> Result<Self, estore_telemetry::metrics::Error> {
        let outboxes = Outboxes::new(meter)?;
        Ok(Self {
            mails: MAILS.counters(meter)?,
            verifications: VERIFICATIONS.counters(meter)?,
            outbox: outboxes.named("mails"),
            verified_events: outboxes.named("reports"),
        })
    }
}
