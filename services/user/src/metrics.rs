//! What operators watch of accounts.

use estore_kit::{
    metrics::{
        Definition, Error, IntCounter, IntCounterVec, Label, Meter, OUTBOXES, Outbox, Outboxes, Section,
    },
    pg,
};

use crate::domain::Hasher;

const REGISTRATIONS: Definition = Definition::counter(
    "estore_registrations_total",
    "Registrations: a new account, or an address that has one already",
    &[Label::each("outcome", &["registered", "address_taken"])],
);
const VERIFIED: Definition =
    Definition::counter("estore_addresses_verified_total", "Accounts whose address was proven", &[]);
const LOGINS: Definition = Definition::counter(
    "estore_logins_total",
    "Logins by outcome; limited: too many attempts; busy: too many passwords wait; failed: nothing was decided otherwise",
    &[Label::each(
        "outcome",
        &["ok", "invalid_credentials", "email_not_verified", "account_disabled", "limited", "busy", "failed"],
    )],
);
const HASHING: Definition = Definition::gauge(
    "estore_hashing",
    "Passwords that are hashed, or wait for it",
    &[Label::each("state", &["working", "waiting"])],
);
const HASHING_MAX: Definition =
    Definition::gauge("estore_hashing_max", "Passwords that can be hashed at once", &[]);

/// Everything that this service measures beside what every service does.
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
    /// Registrations by outcome.
    pub(crate) registrations: IntCounterVec,
    /// Addresses that were proven.
    pub(crate) verified: IntCounter,
    /// Logins by outcome.
    pub(crate) logins: IntCounterVec,
    /// Mails not yet taken by the Verification Service.
    pub(crate) mails: Outbox,
    /// Erasures that others were not told of yet.
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
