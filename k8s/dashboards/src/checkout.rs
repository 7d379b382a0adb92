//! *Checkout*: how orders get from placed to paid, and what keeps them from it.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stack, Stat},
    service::quantile,
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "checkout",
        title: "E-Store / Checkout",
        description: "How orders get from placed to paid, and what keeps them from it: docs/order-flow.md has the states.",
        from: "now-3h",
        one_service: false,
        rows: vec![now(), orders(), holds(), gateway(), after(), trust()],
    }
}

fn now() -> Row {
    Row::new("Now", 6, vec![
        Panel::new(Stat, "Orders under way", Unit::Count,
            "Orders that are neither completed nor cancelled. An order takes less than a second, so this is near the number of orders a second.")
            .query("", "max(sum by (instance) (estore_orders_open))")
            .bad_above(50.0, 500.0),
        Panel::new(Stat, "Oldest order", Unit::Seconds, "How long the oldest of them is under way (runbook EStoreOrderStuck).")
            .query("", "max(estore_order_oldest_seconds)")
            .bad_above(60.0, 180.0),
        Panel::new(Stat, "Alarms in 24 hours", Unit::Count,
            "What should never happen to an order, and asks for a person. By name below (runbook EStoreOrderAlarm).")
            .query("", "sum(increase(estore_order_alarms_total{alarm!=\"mail_not_asked_for\"}[1d]))")
            .bad_above(1.0, 1.0),
        Panel::new(Stat, "Equations that do not hold", Unit::Count,
            "Of stock and money, summed up. Anything but 0 is a fault of ours, or a hand in the store (runbook EStoreInvariantViolated).")
            .query("", "sum(max by (invariant) (estore_invariant_violations))")
            .bad_above(1.0, 1.0),
        Panel::new(Stat, "Holds past their deadline", Unit::Seconds,
            "How long the most overdue hold is past its deadline. The sweeper ends them every few seconds (runbook EStoreHoldsOverdue).")
            .query("", "max(estore_holds_overdue_seconds)")
            .bad_above(15.0, 60.0),
        Panel::new(Stat, "Gateway without an answer", Unit::Share,
            "The part of calls to the card gateway that brought none (runbook EStoreGatewaySilent).")
            .query("", "sum(rate(estore_gateway_call_duration_seconds_count{outcome=\"silent\"}[$__rate_interval])) \
                 / sum(rate(estore_gateway_call_duration_seconds_count[$__rate_interval]))")
            .bad_above(0.01, 0.05),
    ])
}

fn orders() -> Row {
    Row::new("Orders", 2, vec![
        Panel::new(Lines, "Transitions", Unit::PerSecond,
            "Orders a second that came into each state. In quiet times all lines up to completed lie upon each other; a gap below one is where \
             orders stay behind. authorized and confirmed are of earlier versions.")
            .query("{{to}}", "sum by (to) (rate(estore_order_transitions_total[$__rate_interval]))"),
        Panel::new(Stack, "Under way by state", Unit::Count,
            "Where they are. accepted waits for stock and a payment, reserved for the authorization, confirming for the sale and the capture, \
             cancelling for both to be undone.")
            .query("{{state}}", "max by (state) (estore_orders_open)"),
        Panel::new(Lines, "How long an order takes", Unit::Seconds, "From its creation to its end: half of them, and 99 % of them.")
            .query("half, {{outcome}}", quantile("0.5", "estore_order_duration_seconds", "", "outcome"))
            .query("99 %, {{outcome}}", quantile("0.99", "estore_order_duration_seconds", "", "outcome"))
            .bad_above(1.0, 5.0),
        Panel::new(Lines, "Taken up by the worker", Unit::PerSecond,
            "Orders and refunds that whoever drove them left behind, by the state they were in. Some after a pod has ended; many where a peer \
             or the gateway does not answer.")
            .query("{{state}}", "sum by (state) (rate(estore_order_retries_total[$__rate_interval]))")
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Oldest order over time", Unit::Seconds, "A line that rises steadily is one order that does not end.")
            .query("oldest", "max(estore_order_oldest_seconds)")
            .bad_above(60.0, 180.0),
        Panel::new(Lines, "Payment's peers without an answer", Unit::Share,
            "The part of Payment's calls to other services whose outcome is unknown; orders wait for Inventory and User (runbook EStorePeerUnknown).")
            .query("{{peer}}", "sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"payment\",outcome=\"unknown\"}[$__rate_interval])) \
                 / sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"payment\"}[$__rate_interval]))")
            .bad_above(0.01, 0.05)
            .more("service"),
    ])
}

fn holds() -> Row {
    Row::new("Stock for orders", 2, vec![
        Panel::new(Lines, "Reservations by outcome", Unit::PerSecond, "What Payment asked of Inventory, and what was answered.")
            .query("{{operation}}: {{outcome}}", "sum by (operation, outcome) (rate(estore_reservations_total[$__rate_interval]))"),
        Panel::new(Lines, "Holds", Unit::Count, "Reservations that are held. They end within 120 seconds (HOLD_SECONDS).")
            .query("held", "max(estore_holds_open)")
            .bad_above(100.0, 1000.0),
        Panel::new(Lines, "Holds that expired", Unit::PerMinute,
            "Holds that ended by their deadline: their orders were not driven on in time (runbook EStoreHoldsExpire).")
            .query("expired", "60 * sum(rate(estore_holds_expired_total[$__rate_interval]))")
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Overdue holds", Unit::Seconds, "How long the most overdue hold is past its deadline. Stays up where no sweeper runs.")
            .query("overdue", "max(estore_holds_overdue_seconds)")
            .bad_above(15.0, 60.0),
    ])
}

fn gateway() -> Row {
    Row::new("Card gateway", 2, vec![
        Panel::new(Lines, "Calls to the gateway", Unit::PerSecond,
            "By operation and outcome. Declined is the customer's bank; silent is no answer, after which the payment is read before anything else.")
            .query("{{operation}}: {{outcome}}", "sum by (operation, outcome) (rate(estore_gateway_call_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Gateway, 99th percentile", Unit::Seconds, "One of a hundred calls takes longer. Customers wait for create, authorize and capture.")
            .query("{{operation}}", quantile("0.99", "estore_gateway_call_duration_seconds", "", "operation"))
            .bad_above(2.0, 5.0),
    ])
}

fn after() -> Row {
    Row::new("After the order", 3, vec![
        Panel::new(Lines, "Refunds by stage", Unit::PerMinute, "Refunds a minute that came to each stage. Each that is requested should be done.")
            .query("{{to}}", "60 * sum by (to) (rate(estore_refunds_total[$__rate_interval]))"),
        Panel::new(Lines, "Refunds under way", Unit::Count, "Refunds that are neither done nor failed.")
            .query("under way", "max(estore_refunds_open)")
            .bad_above(20.0, 100.0),
        Panel::new(Lines, "Oldest mail and report", Unit::Seconds,
            "How long the oldest entry of each outbox waits: mails of User and Payment wait for Verification, its own for the mail server, \
             erasures for Payment and Verification, reports for User (runbook EStoreOutboxOld).")
            .query("{{service}} {{outbox}}", "max by (service, outbox) (estore_outbox_oldest_seconds)")
            .bad_above(60.0, 900.0),
    ])
}

fn trust() -> Row {
    Row::new("What must hold", 3, vec![
        Panel::new(Lines, "Alarms by name", Unit::PerHour,
            "What should never happen, by name, within the hour before each moment. mail_not_asked_for is no more than a peer that does not \
             answer (runbook EStoreOrderAlarm).")
            .query("{{alarm}}", "sum by (alarm) (increase(estore_order_alarms_total[1h]))")
            .bad_above(1.0, 1.0),
        Panel::new(Lines, "Equations", Unit::Count,
            "How often each equation does not hold: products whose stock is out of bounds or not what is held, completed orders without stock, \
             currencies whose money does not add up (runbook EStoreInvariantViolated).")
            .query("{{invariant}}", "max by (invariant) (estore_invariant_violations)")
            .bad_above(1.0, 1.0),
        Panel::new(Lines, "Reconciler", Unit::PerHour,
            "Old orders that were compared with the stock journal within the hour before each moment, by what was done. agree is as it should \
             be; put_back and released mended something that a crash left.")
            .query("{{action}}", "sum by (action) (increase(estore_reconciliations_total[1h]))"),
    ])
}
