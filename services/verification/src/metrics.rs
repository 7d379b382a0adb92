//! What operators watch of mails.

use estore_kit::{
    auth,
    metrics::{Definition, IntCounterVec, Label, Meter, OUTBOXES, Outbox, Outboxes, Section},
    pg,
};

use crate::Error;

const MAILS: Definition = Definition::counter(
    "estore_mails_total",
    "Attempts to send a mail by purpose: the mail server took it (sent), it will be tried again (retried), it never will (bounced)",
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
    "Tokens of mails that were used, or could not be",
    &[Label::each("outcome", &["verified", "expired", "used", "unknown"])],
);

/// Everything that this service measures beside what every service does.
pub const METRICS: [Section; 4] = [
    pg::METRICS,
    auth::METRICS,
    OUTBOXES,
    Section { title: "Verification: mails and their tokens", metrics: &[MAILS, VERIFICATIONS] },
];

/// The counters and gauges of mails.
#[derive(Clone)]
pub struct Metrics {
    /// Attempts by purpose and outcome.
    pub(crate) mails: IntCounterVec,
    /// Uses of tokens by outcome.
    verifications: IntCounterVec,
    /// Mails that wait for the mail server.
    pub(crate) outbox: Outbox,
    /// What the User Service was not told yet.
    pub(crate) reports: Outbox,
}

impl Metrics {
    /// Counts the use of a token; what failed otherwise was no use.
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

    /// Registers them.
    pub fn new(meter: &Meter) -> Result<Self, estore_kit::metrics::Error> {
        let outboxes = Outboxes::new(meter)?;
        Ok(Self {
            mails: MAILS.counters(meter)?,
            verifications: VERIFICATIONS.counters(meter)?,
            outbox: outboxes.named("mails"),
            reports: outboxes.named("reports"),
        })
    }
}
