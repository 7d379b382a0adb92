//! The metrics of accounts and logins.

use estore_stores::pg;
use estore_telemetry::metrics::{
    Definition, Error, IntCounter, IntCounterVec, Label, Meter, OUTBOXES, Outbox, Outboxes, Section,
};

use crate::passwords::Hasher;

const REGISTRATIONS: Definition = Definition::counter(
    "estore_registrations_total",
    "Registrations: of a new account (registered), or of an address that has an account (address_taken)",
    &[Label::each("outcome", &["registered", "address_taken"])],
);
const VERIFIED: Definition =
    Definition::counter("estore_addresses_verified_total", "Accounts whose address was verified", &[]);
const LOGINS: Definition = Definition::counter(
    "estore_logins_total",
    "Logins by outcome; limited: rejected by a rate limit; busy: the hash pool was full; failed: any other error",
    &[Label::each(
        "outcome",
        &["ok", "invalid_credentials", "email_not_verified", "account_disabled", "limited", "busy", "failed"],
    )],
);
const HASHING: Definition = Definition::gauge(
    "estore_hashing",
    "Passwords in the hash pool: being hashed (working), or waiting (waiting)",
    &[Label::each("state", &["working", "waiting"])],
);
const HASHING_MAX: Definition =
    Definition::gauge("estore_hashing_max", "Maximum number of passwords hashed at once", &[]);

/// The metrics of this service beyond those that every service has.
pub const METRICS: [Section; 3] = [
    pg::METRICS,
    OUTBOXES,
    Section {
        title: "User: accounts and logins",
        metrics: &[REGISTRATIONS, VERIFIED, LOGINS, HASHING, HASHING_MAX],
    },
];

#[derive(Clone)]
pub(crate) struct Metrics {
    pub(crate) registrations: IntCounterVec,
    pub(crate) verified: IntCounter,
    pub(crate) logins: IntCounterVec,
    /// Emails that the Verification Service has not accepted yet.
    pub(crate) mails: Outbox,
    /// Erasures that other services have not confirmed yet.
    pub(crate) erasures: Outbox,
}

impl Metrics {
    pub(crate) fn new(meter: &Meter, hasher: &Hasher) -> Result<Self, Error> {
        watch(meter, hasher.clone())?;
        let outboxes = Outboxes::new(meter)?;
        Ok(Self {
            registrations: REGISTRATIONS.counters(meter)?,
            verified: VERIFIED.one_counter(meter)?,
            logins: LOGINS.counters(meter)?,
            mails: outboxes.named("mails"),
            erasures: outboxes.named("erasures"),
        })
    }
}

fn watch(meter: &Meter, hasher: Hasher) -> Result<(), Error> {
    let hashing = HASHING.gauges(meter)?;
    let (working, waiting) =
        (hashing.with_label_values(&["working"]), hashing.with_label_values(&["waiting"]));
    HASHING_MAX.one_gauge(meter)?.set(hasher.load().max);
    meter.look(move || {
        let load = hasher.load();
        working.set(load.working);
        waiting.set(load.waiting);
    });
    Ok(())
}
