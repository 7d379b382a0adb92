//! The metrics of orders, refunds, emails and audits.

use std::{collections::BTreeSet, time::Duration};

use estore_contract::{
    Currency, Money,
    audit::{self, AuditReport},
    payment::TransactionType,
};
use estore_server::auth;
use estore_stores::redis;
use estore_telemetry::metrics::{
    Definition, Error, Gauge, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Label, Meter,
    OUTBOXES, Outbox, Outboxes, Section, Values,
};
use time::OffsetDateTime;

use crate::{
    domain::{
        Order, State,
        protocol::{Entry, Transition},
    },
    gateway,
    store::survey::Survey,
};

const STATES: &[&str] = &[
    "accepted",
    "reserved",
    "authorized",
    "confirming",
    "confirmed",
    "completed",
    "cancelling",
    "cancelled",
];
const CURRENCY: Label = Label::from("currency", "currencies of ISO 4217 that the shop sells in");

const CREATED: Definition = Definition::counter("estore_orders_created_total", "Accepted orders", &[]);
const TRANSITIONS: Definition = Definition::counter(
    "estore_order_transitions_total",
    "Transitions of orders, by the new state",
    &[Label::each("to", STATES)],
);
const CANCELLED: Definition = Definition::counter(
    "estore_orders_cancelled_total",
    "Orders that went to cancelling, by reason",
    &[Label::each(
        "reason",
        &[
            "insufficient_stock",
            "payment_declined",
            "payment_method_not_found",
            "price_changed",
            "unknown_sku",
            "currency_mismatch",
            "amount_not_chargeable",
            "order_timed_out",
            "order_lost",
            "validation_error",
            "cancelled",
            "other",
        ],
    )],
);
const DURATION: Definition = Definition::histogram(
    "estore_order_duration_seconds",
    "Seconds from an order's creation to its final state",
    &[Label::each("outcome", &["completed", "cancelled"])],
);
const CAPTURED: Definition = Definition::counter(
    "estore_captured_minor_units_total",
    "Captured money in minor units of its currency (cents, pence, yen)",
    &[CURRENCY],
);
const REFUNDED: Definition = Definition::counter(
    "estore_refunded_minor_units_total",
    "Refunded money in minor units of its currency",
    &[CURRENCY],
);
const REFUNDS: Definition = Definition::counter(
    "estore_refunds_total",
    "Refunds that reached a stage, by stage",
    &[Label::each("to", &["paid", "done", "failed"])],
);
const RETRIES: Definition = Definition::counter(
    "estore_order_retries_total",
    "Orders and refunds that the worker resumed, by their state",
    &[Label::each(
        "state",
        &["accepted", "reserved", "authorized", "confirming", "confirmed", "cancelling", "refund"],
    )],
);
const RECONCILIATIONS: Definition = Definition::counter(
    "estore_reconciliations_total",
    "Old orders compared with Inventory's stock journal, by the action taken",
    &[Label::each("action", &["agree", "put_back", "released", "alarm"])],
);
const ALARMS: Definition = Definition::counter(
    "estore_order_alarms_total",
    "Alarms about orders and refunds that need a person; mail_not_asked_for: the Verification Service did not answer",
    &[Label::each(
        "alarm",
        &[
            "stuck",
            "captured_before_confirmed",
            "captured_while_cancelling",
            "captured_while_cancelling_and_not_refunded",
            "authorization_lost",
            "completed_without_stock",
            "refund_not_restocked",
            "refund_number_taken",
            "card_cannot_be_opened",
            "gateway_disagrees",
            "lost_and_not_refunded",
            "mail_not_asked_for",
        ],
    )],
);
const OPEN: Definition = Definition::gauge(
    "estore_orders_open",
    "Orders that are not final, by state; other: those beyond the oldest thousand",
    &[Label::each("state", OPEN_STATES)],
);
const OPEN_STATES: &[&str] =
    &["accepted", "reserved", "authorized", "confirming", "confirmed", "cancelling", "other"];
const OLDEST: Definition = Definition::gauge(
    "estore_order_oldest_seconds",
    "Age in seconds of the oldest order that is not final; 0 if there is none",
    &[],
);
const OPEN_REFUNDS: Definition = Definition::gauge("estore_refunds_open", "Refunds that are not final", &[]);
const OLDEST_REFUND: Definition = Definition::gauge(
    "estore_refund_oldest_seconds",
    "Age in seconds of the oldest refund that is not final; 0 if there is none",
    &[],
);

const AUDIT_VIOLATIONS: Definition = Definition::gauge(
    "estore_audit_violations",
    "Violations that the last audit found, by equation of order-flow section 6",
    &[Label::each("equation", audit::EQUATIONS)],
);
const AUDIT_CHECKED: Definition = Definition::gauge(
    "estore_audit_checked",
    "Orders, reservations and so on that the last audit looked at",
    &[Label::each("what", &["orders", "reservations", "ledger_entries", "journal", "payments", "products"])],
);
const AUDIT_FINISHED: Definition = Definition::gauge(
    "estore_audit_finished_timestamp_seconds",
    "Time at which the last audit ended, in Unix seconds; 0 if there was none",
    &[],
);
const AUDIT_EXPECTED: Definition = Definition::gauge(
    "estore_audit_expected_timestamp_seconds",
    "Time by which the next audit must have ended, in Unix seconds; 0 without a schedule",
    &[],
);
const AUDIT_DURATION: Definition =
    Definition::gauge("estore_audit_duration_seconds", "Seconds that the last audit took", &[]);

/// The metrics of this service beyond those that every service has.
pub const METRICS: [Section; 5] = [
    redis::METRICS,
    auth::METRICS,
    OUTBOXES,
    Section {
        title: "Payment: orders and money",
        metrics: &[
            CREATED,
            TRANSITIONS,
            CANCELLED,
            DURATION,
            CAPTURED,
            REFUNDED,
            REFUNDS,
            RETRIES,
            RECONCILIATIONS,
            ALARMS,
            OPEN,
            OLDEST,
            OPEN_REFUNDS,
            OLDEST_REFUND,
            gateway::SECONDS,
        ],
    },
    Section {
        title: "Payment: audits",
        metrics: &[AUDIT_VIOLATIONS, AUDIT_CHECKED, AUDIT_FINISHED, AUDIT_EXPECTED, AUDIT_DURATION],
    },
];

/// The counters and gauges of orders.
#[derive(Clone)]
pub struct Metrics {
    /// Accepted orders.
    pub(crate) created: IntCounter,
    /// Transitions by target state.
    pub(crate) transitions: IntCounterVec,
    /// Refunds by the stage that they reached.
    pub(crate) refunds: IntCounterVec,
    /// Work that the worker took up again, by its state.
    pub(crate) retries: IntCounterVec,
    /// Old orders that the reconciler examined closely, by the action taken.
    pub(crate) reconciliations: IntCounterVec,
    /// Events that should never happen, by name. Each needs an operator.
    pub(crate) alarms: IntCounterVec,
    cancelled: IntCounterVec,
    duration: HistogramVec,
    captured: IntCounterVec,
    refunded: IntCounterVec,
    open: IntGaugeVec,
    oldest: Gauge,
    oldest_refund: Gauge,
    open_refunds: IntGauge,
    mails: Outbox,
    audited: Audited,
}

/// The gauges of the last audit.
#[derive(Clone)]
struct Audited {
    violations: IntGaugeVec,
    checked: IntGaugeVec,
    finished: Gauge,
    expected: Gauge,
    duration: Gauge,
}

impl Metrics {
    /// Registers the metrics.
    pub fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self {
            created: CREATED.one_counter(meter)?,
            transitions: TRANSITIONS.counters(meter)?,
            refunds: REFUNDS.counters(meter)?,
            retries: RETRIES.counters(meter)?,
            reconciliations: RECONCILIATIONS.counters(meter)?,
            alarms: ALARMS.counters(meter)?,
            cancelled: CANCELLED.counters(meter)?,
            duration: DURATION.histograms(meter)?,
            captured: CAPTURED.counters(meter)?,
            refunded: REFUNDED.counters(meter)?,
            open: OPEN.gauges(meter)?,
            oldest: OLDEST.one_fraction(meter)?,
            oldest_refund: OLDEST_REFUND.one_fraction(meter)?,
            open_refunds: OPEN_REFUNDS.one_gauge(meter)?,
            mails: Outboxes::new(meter)?.named("mails"),
            audited: Audited {
                violations: AUDIT_VIOLATIONS.gauges(meter)?,
                checked: AUDIT_CHECKED.gauges(meter)?,
                finished: AUDIT_FINISHED.one_fraction(meter)?,
                expected: AUDIT_EXPECTED.one_fraction(meter)?,
                duration: AUDIT_DURATION.one_fraction(meter)?,
            },
        })
    }

    /// Records that `order` has taken `step`.
    pub(crate) fn moved(&self, order: &Order, step: &Transition) {
        self.transitions.with_label_values(&[step.to.as_str()]).inc();
        if step.to == State::Cancelling {
            self.cancelled.with_label_values(&[reason(order)]).inc();
        }
        if step.to.is_final() {
            let seconds = (order.updated_at - order.created_at).as_seconds_f64().max(0.0);
            self.duration.with_label_values(&[step.to.as_str()]).observe(seconds);
        }
        for Entry { kind, amount, .. } in &step.entries {
            match kind {
                TransactionType::Capture => add(&self.captured, *amount),
                TransactionType::Refund => add(&self.refunded, *amount),
                TransactionType::Authorization | TransactionType::Void => {}
            }
        }
    }

    /// Records that the service began to undo this number of orders of a closed account.
    pub(crate) fn undone(&self, orders: u64) {
        self.transitions.with_label_values(&[State::Cancelling.as_str()]).inc_by(orders);
        self.cancelled.with_label_values(&["cancelled"]).inc_by(orders);
    }

    /// Records that `amount` is being refunded.
    pub(crate) fn refunded(&self, amount: Money) {
        add(&self.refunded, amount);
    }

    /// Begins the counters of money in these currencies at 0. From a series that begins with its
    /// first amount, Prometheus does not count that amount.
    pub(crate) fn sells_in(&self, currencies: &BTreeSet<Currency>) {
        for currency in currencies {
            for money in [&self.captured, &self.refunded] {
                money.with_label_values(&[currency.code()]);
            }
        }
    }

    /// Sets the gauges to the survey's results.
    pub(crate) fn watch(&self, found: &Survey) {
        for state in OPEN_STATES {
            self.open.with_label_values(&[state]).set(found.open.get(*state).copied().unwrap_or(0));
        }
        self.oldest.set(found.oldest.as_secs_f64());
        self.oldest_refund.set(found.oldest_refund.as_secs_f64());
        self.open_refunds.set(found.refunds);
        self.mails.show(found.mails, found.now);
    }

    /// Sets the gauges to the result of the last audit.
    pub(crate) fn audited(&self, report: &AuditReport) {
        let Audited { violations, checked, finished, expected, duration } = &self.audited;
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for name in audit::EQUATIONS {
            let found = report.equations.iter().find(|equation| equation.equation == *name);
            let count = found.map_or(0, |equation| equation.violations);
            violations.with_label_values(&[name]).set(number(count));
        }
        for (what, count) in report.checked.each() {
            checked.with_label_values(&[what]).set(number(count));
        }
        let ended = (report.finished_at - OffsetDateTime::UNIX_EPOCH).as_seconds_f64();
        finished.set(ended);
        let within = report.next_within_seconds.map(Duration::from_secs);
        expected.set(within.map_or(0.0, |within| ended + within.as_secs_f64()));
        duration.set(Duration::from_millis(report.took_ms).as_secs_f64());
    }
}

fn add(money: &IntCounterVec, Money { amount, currency }: Money) {
    money.with_label_values(&[currency.code()]).inc_by(u64::try_from(amount).unwrap_or(0));
}

/// Returns the reason why an order is cancelled, as one of the metric's few label values.
fn reason(order: &Order) -> &'static str {
    let code = order.failure.as_ref().map_or("cancelled", |failure| failure.code.as_str());
    let Some(Label { values: Values::Each(known), .. }) = CANCELLED.labels.first() else { return "other" };
    known.iter().find(|known| **known == code).copied().unwrap_or("other")
}
