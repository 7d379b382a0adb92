//! What operators watch of orders.

use estore_contract::{Money, payment::TransactionType};
use estore_kit::{
    auth,
    metrics::{
        Definition, Error, Gauge, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Label,
        Meter, OUTBOXES, Outbox, Outboxes, Section, Values,
    },
    redis,
};

use crate::{
    domain::{
        Order, State,
        protocol::{Entry, Move},
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

const CREATED: Definition =
    Definition::counter("estore_orders_created_total", "Orders that were accepted", &[]);
const TRANSITIONS: Definition = Definition::counter(
    "estore_order_transitions_total",
    "Transitions of orders by the state they led to",
    &[Label::each("to", STATES)],
);
const CANCELLED: Definition = Definition::counter(
    "estore_orders_cancelled_total",
    "Orders that began to be undone, by why",
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
    "Time from an order's creation to its final state",
    &[Label::each("outcome", &["completed", "cancelled"])],
);
const CAPTURED: Definition = Definition::counter(
    "estore_captured_minor_units_total",
    "Money that was taken, in minor units of its currency (cents, pence, yen)",
    &[CURRENCY],
);
const REFUNDED: Definition = Definition::counter(
    "estore_refunded_minor_units_total",
    "Money that was sent back, in minor units of its currency",
    &[CURRENCY],
);
const REFUNDS: Definition = Definition::counter(
    "estore_refunds_total",
    "Refunds by the stage they came to",
    &[Label::each("to", &["paid", "done", "failed"])],
);
const RETRIES: Definition = Definition::counter(
    "estore_order_retries_total",
    "Orders and refunds that the worker took up again, by the state they were in",
    &[Label::each(
        "state",
        &["accepted", "reserved", "authorized", "confirming", "confirmed", "cancelling", "refund"],
    )],
);
const RECONCILIATIONS: Definition = Definition::counter(
    "estore_reconciliations_total",
    "Old orders that were compared with Inventory's journal, by what was done",
    &[Label::each("action", &["agree", "put_back", "released", "alarm"])],
);
const ALARMS: Definition = Definition::counter(
    "estore_order_alarms_total",
    "What should never happen to an order; and mail_not_asked_for, where the Verification Service did not answer",
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
            "card_cannot_be_opened",
            "gateway_disagrees",
            "lost_and_not_refunded",
            "mail_not_asked_for",
        ],
    )],
);
const OPEN: Definition = Definition::gauge(
    "estore_orders_open",
    "Orders that are not final; other: those beyond the oldest thousand",
    &[Label::each("state", OPEN_STATES)],
);
const OPEN_STATES: &[&str] =
    &["accepted", "reserved", "authorized", "confirming", "confirmed", "cancelling", "other"];
const OLDEST: Definition = Definition::gauge(
    "estore_order_oldest_seconds",
    "How long the oldest order that is not final is under way; 0 where none is",
    &[],
);
const OPEN_REFUNDS: Definition = Definition::gauge("estore_refunds_open", "Refunds that are not final", &[]);

/// Everything that this service measures beside what every service does.
pub const METRICS: [Section; 4] = [
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
            gateway::SECONDS,
        ],
    },
];

/// The counters and gauges of orders.
#[derive(Clone)]
pub struct Metrics {
    /// Orders that were accepted.
    pub(crate) created: IntCounter,
    /// Transitions by the state they led to.
    pub(crate) transitions: IntCounterVec,
    /// Refunds by the stage they came to.
    pub(crate) refunds: IntCounterVec,
    /// What the worker took up again, by the state it was in.
    pub(crate) retries: IntCounterVec,
    /// Old orders that the reconciler looked at closely, by what it did.
    pub(crate) reconciliations: IntCounterVec,
    /// What should never happen, by name: each of them asks for a person.
    pub(crate) alarms: IntCounterVec,
    cancelled: IntCounterVec,
    duration: HistogramVec,
    captured: IntCounterVec,
    refunded: IntCounterVec,
    open: IntGaugeVec,
    oldest: Gauge,
    open_refunds: IntGauge,
    mails: Outbox,
}

impl Metrics {
    /// Registers them.
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
            open_refunds: OPEN_REFUNDS.one_gauge(meter)?,
            mails: Outboxes::new(meter)?.named("mails"),
        })
    }

    /// `order` has taken `step`.
    pub(crate) fn moved(&self, order: &Order, step: &Move) {
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

    /// So many orders of a closed account began to be undone.
    pub(crate) fn undone(&self, orders: u64) {
        self.transitions.with_label_values(&[State::Cancelling.as_str()]).inc_by(orders);
        self.cancelled.with_label_values(&["cancelled"]).inc_by(orders);
    }

    /// `amount` is on its way back.
    pub(crate) fn refunded(&self, amount: Money) {
        add(&self.refunded, amount);
    }

    /// Shows what was found.
    pub(crate) fn watch(&self, found: &Survey) {
        for state in OPEN_STATES {
            self.open.with_label_values(&[state]).set(found.open.get(*state).copied().unwrap_or(0));
        }
        self.oldest.set(found.oldest.as_secs_f64());
        self.open_refunds.set(found.refunds);
        self.mails.show(found.mails, found.now);
    }
}

fn add(money: &IntCounterVec, Money { amount, currency }: Money) {
    money.with_label_values(&[currency.code()]).inc_by(u64::try_from(amount).unwrap_or(0));
}

/// Why an order is undone, as one of the few words of the metric.
fn reason(order: &Order) -> &'static str {
    let code = order.failure.as_ref().map_or("cancelled", |failure| failure.code.as_str());
    let Some(Label { values: Values::Each(known), .. }) = CANCELLED.labels.first() else { return "other" };
    known.iter().find(|known| **known == code).copied().unwrap_or("other")
}
