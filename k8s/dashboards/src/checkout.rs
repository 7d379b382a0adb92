//! *Checkout*: the way of orders from placed to paid, and the causes that stop them.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stack, Stat},
    service::quantile,
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "checkout",
        title: "E-Store / Checkout",
        description: "The states of orders from placed to completed, and the causes of delays. docs/order-flow.md explains the states.",
        from: "now-3h",
        one_service: false,
        rows: vec![now(), orders(), holds(), gateway(), after(), trust()],
    }
}

fn now() -> Row {
    Row::new("Now", 6, vec![
        Panel::new(Stat, "Orders in progress", Unit::Count,
            "Orders that are neither completed nor cancelled. An order takes less than a second, so this is near the number of orders a second.")
            .query("", "max(sum by (instance) (estore_orders_open))")
            .bad_above(50.0, 500.0),
        Panel::new(Stat, "Oldest order", Unit::Seconds, "The age of the oldest of them (runbook EStoreOrderStuck).")
            .query("", "max(estore_order_oldest_seconds)")
            .bad_above(60.0, 180.0),
        Panel::new(Stat, "Alarms in 24 hours", Unit::Count,
            "Events that should never happen to an order, and need a person. The names are below (runbook EStoreOrderAlarm).")
            .query("", "sum(increase(estore_order_alarms_total{alarm!=\"mail_not_asked_for\"}[1d]))")
            .bad_above(1.0, 1.0),
        Panel::new(Stat, "Violated invariants", Unit::Count,
            "The sum over stock and money. Anything but 0 is a bug, or a manual change in the store (runbook EStoreInvariantViolated).")
            .query("", "sum(max by (invariant) (estore_invariant_violations))")
            .bad_above(1.0, 1.0),
        Panel::new(Stat, "Holds past their deadline", Unit::Seconds,
            "The time by which the most overdue hold is past its deadline. The sweeper ends holds every few seconds (runbook EStoreHoldsOverdue).")
            .query("", "max(estore_holds_overdue_seconds)")
            .bad_above(15.0, 60.0),
        Panel::new(Stat, "Gateway calls without an answer", Unit::Share,
            "The share of calls to the card gateway without an answer (runbook EStoreGatewaySilent).")
            .query("", "sum(rate(estore_gateway_call_duration_seconds_count{outcome=\"silent\"}[$__rate_interval])) \
                 / sum(rate(estore_gateway_call_duration_seconds_count[$__rate_interval]))")
            .bad_above(0.01, 0.05),
    ])
}

fn orders() -> Row {
    Row::new("Orders", 2, vec![
        Panel::new(Lines, "Transitions", Unit::PerSecond,
            "Orders a second that entered each state. Normally all lines up to completed coincide. A gap below a line shows the state in which orders wait. authorized and confirmed are of earlier versions.")
            .query("{{to}}", "sum by (to) (rate(estore_order_transitions_total[$__rate_interval]))"),
        Panel::new(Stack, "In progress by state", Unit::Count,
            "The states of orders in progress. accepted waits for stock and a payment, reserved for the authorization, confirming for the sale and the capture, cancelling for both to be undone.")
            .query("{{state}}", "max by (state) (estore_orders_open)"),
        Panel::new(Lines, "Duration of orders", Unit::Seconds, "From creation to the final state: the median and the 99th percentile.")
            .query("half, {{outcome}}", quantile("0.5", "estore_order_duration_seconds", "", "outcome"))
            .query("99 %, {{outcome}}", quantile("0.99", "estore_order_duration_seconds", "", "outcome"))
            .bad_above(1.0, 5.0),
        Panel::new(Lines, "Resumed by the worker", Unit::PerSecond,
            "Orders and refunds that the worker resumed, by state. A few after a pod has ended; many if a peer or the gateway does not answer.")
            .query("{{state}}", "sum by (state) (rate(estore_order_retries_total[$__rate_interval]))")
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Oldest order and refund over time", Unit::Seconds,
            "A line that rises steadily is one order or refund that does not end (runbooks EStoreOrderStuck and EStoreRefundStuck).")
            .query("order", "max(estore_order_oldest_seconds)")
            .query("refund", "max(estore_refund_oldest_seconds)")
            .bad_above(60.0, 180.0),
        Panel::new(Lines, "Payment's peers without an answer", Unit::Share,
            "The share of Payment's calls to other services whose outcome is unknown. Orders wait for Inventory and User (runbook EStorePeerUnknown).")
            .query("{{peer}}", "sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"payment\",outcome=\"unknown\"}[$__rate_interval])) \
                 / sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"payment\"}[$__rate_interval]))")
            .bad_above(0.01, 0.05)
            .more("service"),
    ])
}

fn holds() -> Row {
    Row::new("Stock for orders", 2, vec![
        Panel::new(Lines, "Reservations by outcome", Unit::PerSecond, "Payment's calls to Inventory, by operation and outcome.")
            .query("{{operation}}: {{outcome}}", "sum by (operation, outcome) (rate(estore_reservations_total[$__rate_interval]))"),
        Panel::new(Lines, "Holds", Unit::Count, "Reservations that are held. They end within 120 seconds (HOLD_SECONDS).")
            .query("held", "max(estore_holds_open)")
            .bad_above(100.0, 1000.0),
        Panel::new(Lines, "Holds that expired", Unit::PerMinute,
            "Holds that expired: their orders did not end in time (runbook EStoreHoldsExpire).")
            .query("expired", "60 * sum(rate(estore_holds_expired_total[$__rate_interval]))")
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Overdue holds", Unit::Seconds, "The time by which the most overdue hold is past its deadline. It stays up if no sweeper runs.")
            .query("overdue", "max(estore_holds_overdue_seconds)")
            .bad_above(15.0, 60.0),
    ])
}

fn gateway() -> Row {
    Row::new("Card gateway", 2, vec![
        Panel::new(Lines, "Calls to the gateway", Unit::PerSecond,
            "Calls by operation and outcome. declined: the customer's bank refused. silent: no answer came, and Payment reads the payment before it retries.")
            .query("{{operation}}: {{outcome}}", "sum by (operation, outcome) (rate(estore_gateway_call_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Gateway, 99th percentile", Unit::Seconds, "One of a hundred calls takes longer. Customers wait for create, authorize and capture.")
            .query("{{operation}}", quantile("0.99", "estore_gateway_call_duration_seconds", "", "operation"))
            .bad_above(2.0, 5.0),
    ])
}

fn after() -> Row {
    Row::new("After the order", 3, vec![
        Panel::new(Lines, "Refunds by stage", Unit::PerMinute, "Refunds a minute that reached each stage. Each requested refund should become done.")
            .query("{{to}}", "60 * sum by (to) (rate(estore_refunds_total[$__rate_interval]))"),
        Panel::new(Lines, "Refunds in progress", Unit::Count, "Refunds that are neither done nor failed.")
            .query("in progress", "max(estore_refunds_open)")
            .bad_above(20.0, 100.0),
        Panel::new(Lines, "Oldest entry of the outboxes", Unit::Seconds,
            "The age of the oldest entry of each outbox. Emails of User and Payment wait for Verification, those of Verification for the mail server, erasures for Payment and Verification, verified events (reports) for User (runbook EStoreOutboxOld).")
            .query("{{service}} {{outbox}}", "max by (service, outbox) (estore_outbox_oldest_seconds)")
            .bad_above(60.0, 900.0),
    ])
}

fn trust() -> Row {
    Row::new("Invariants and alarms", 3, vec![
        Panel::new(Lines, "Alarms by name", Unit::PerHour,
            "Alarms by name within the hour before each moment. mail_not_asked_for only means that a peer does not answer (runbook EStoreOrderAlarm).")
            .query("{{alarm}}", "sum by (alarm) (increase(estore_order_alarms_total[1h]))")
            .bad_above(1.0, 1.0),
        Panel::new(Lines, "Invariants", Unit::Count,
            "Violations of each invariant: products whose stock is out of bounds or differs from the holds, completed orders without stock, currencies whose money does not add up (runbook EStoreInvariantViolated).")
            .query("{{invariant}}", "max by (invariant) (estore_invariant_violations)")
            .bad_above(1.0, 1.0),
        Panel::new(Lines, "Reconciler", Unit::PerHour,
            "Old orders compared with the stock journal within the hour before each moment, by the action taken. agree is normal. put_back and released repaired the effect of a crash.")
            .query("{{action}}", "sum by (action) (increase(estore_reconciliations_total[1h]))"),
    ])
}
