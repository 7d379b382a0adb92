//! *Store*: the view of a shop owner.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Bars, Lines, Stack, Stat},
};

/// Currencies whose minor unit is the unit itself, as a regular expression; `contract::money` has
/// the same.
pub const WHOLE: &str = "BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF";
/// Currencies with thousandths. All others have hundredths.
pub const THOUSANDTHS: &str = "BHD|IQD|JOD|KWD|LYD|OMR|TND";

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "store",
        title: "E-Store / Store",
        description: "For the owner of the shop: orders, revenue, the steps to an order, stock.",
        from: "now-24h",
        one_service: false,
        rows: vec![now(), orders(), way(), refused(), stock()],
    }
}

/// Returns the money that was added within `window`, by currency, in units such as dollars.
fn money(metric: &str, window: &str) -> String {
    let part =
        |selector: &str| format!("sum by (currency) (increase({metric}{{currency{selector}}}[{window}]))");
    format!(
        "{} / 100 or {} or {} / 1000",
        part(&format!("!~\"{WHOLE}|{THOUSANDTHS}\"")),
        part(&format!("=~\"{WHOLE}\"")),
        part(&format!("=~\"{THOUSANDTHS}\""))
    )
}

fn now() -> Row {
    Row::new("Now", 6, vec![
        Panel::new(Stat, "Orders a minute", Unit::PerMinute,
            "Orders that customers placed. If there are fewer than usual at this time of day, see Service for errors, then Checkout.")
            .query("", "60 * sum(rate(estore_orders_created_total[$__rate_interval]))")
            .more("checkout"),
        Panel::new(Stat, "Orders in 24 hours", Unit::Count, "Orders placed within the last day, with any outcome.")
            .query("", "sum(increase(estore_orders_created_total[1d]))"),
        Panel::new(Stat, "Completed within the hour", Unit::Share,
            "The share of completed orders among those that ended within the last hour. It falls if many cards are declined or stock runs out: see the reasons of cancelled orders below.")
            .query("", "sum(increase(estore_order_transitions_total{to=\"completed\"}[1h])) \
                 / sum(increase(estore_order_transitions_total{to=~\"completed|cancelled\"}[1h]))")
            .bad_below(0.9, 0.7),
        Panel::new(Stat, "Revenue in 24 hours", Unit::Money,
            "Captured money within the last day, by currency. Refunds are not subtracted.")
            .query("{{currency}}", money("estore_captured_minor_units_total", "1d")),
        Panel::new(Stat, "Refunds in progress", Unit::Count,
            "Refunds that the gateway has not made yet. They take seconds. If they pile up, see the gateway in Checkout.")
            .query("", "max(estore_refunds_open)")
            .bad_above(20.0, 100.0)
            .more("checkout"),
        Panel::new(Stat, "Oldest order in progress", Unit::Seconds,
            "The age of the oldest order that is neither completed nor cancelled. Seconds are usual. After three minutes a person should look (runbook EStoreOrderStuck).")
            .query("", "max(estore_order_oldest_seconds)")
            .bad_above(60.0, 180.0)
            .more("checkout"),
    ])
}

fn orders() -> Row {
    Row::new("Orders and money", 2, vec![
        Panel::new(Lines, "Orders placed and ended", Unit::PerMinute,
            "Orders a minute: placed, completed, cancelled. Placed orders that do not end are in progress: see Checkout.")
            .query("placed", "60 * sum(rate(estore_orders_created_total[$__rate_interval]))")
            .query("{{to}}", "60 * sum by (to) (rate(estore_order_transitions_total{to=~\"completed|cancelled\"}[$__rate_interval]))"),
        Panel::new(Stack, "Revenue an hour", Unit::Money, "Captured money within the hour before each moment, by currency.")
            .query("{{currency}}", money("estore_captured_minor_units_total", "1h")),
    ])
}

fn way() -> Row {
    Row::new("Steps to an order", 2, vec![
        Panel::new(Bars, "From an account to an order, in 24 hours", Unit::Count,
            "Customers that reached each step within the last day. If many addresses are not verified, check that emails arrive. If many orders are not completed, see below.")
            .query("accounts", "sum(increase(estore_registrations_total{outcome=\"registered\"}[1d]))")
            .query("addresses proven", "sum(increase(estore_addresses_verified_total[1d]))")
            .query("orders placed", "sum(increase(estore_orders_created_total[1d]))")
            .query("orders completed", "sum(increase(estore_order_transitions_total{to=\"completed\"}[1d]))"),
        Panel::new(Lines, "From an account to an order, each hour", Unit::PerHour,
            "The same within the hour before each moment. If a line falls and the one before it does not, customers stop at that step.")
            .query("accounts", "sum(increase(estore_registrations_total{outcome=\"registered\"}[1h]))")
            .query("addresses proven", "sum(increase(estore_addresses_verified_total[1h]))")
            .query("orders placed", "sum(increase(estore_orders_created_total[1h]))")
            .query("orders completed", "sum(increase(estore_order_transitions_total{to=\"completed\"}[1h]))"),
        Panel::new(Lines, "Logins", Unit::PerMinute,
            "Logins a minute by outcome. Many wrong passwords mean that somebody tries lists of them (runbook EStoreLoginFailures).")
            .query("{{outcome}}", "60 * sum by (outcome) (rate(estore_logins_total[$__rate_interval]))"),
        Panel::new(Lines, "Emails", Unit::PerMinute,
            "Attempts to send an email a minute, by outcome. If many are retried or bounce, new customers cannot verify their address (runbook EStoreMailsFail).")
            .query("{{outcome}}", "60 * sum by (outcome) (rate(estore_mails_total[$__rate_interval]))"),
    ])
}

fn refused() -> Row {
    Row::new("Cancelled orders and refunds", 2, vec![
        Panel::new(Stack, "Cancelled orders by reason", Unit::PerHour,
            "Orders cancelled within the hour before each moment, by the reason that the customer sees.")
            .query("{{reason}}", "sum by (reason) (increase(estore_orders_cancelled_total[1h]))"),
        Panel::new(Lines, "Declined cards", Unit::Share,
            "The share of placed orders whose card was declined, within the hour before each moment. Some are usual. A wave means that somebody tries stolen cards, or that the gateway has a problem.")
            .query("declined", "sum(increase(estore_orders_cancelled_total{reason=\"payment_declined\"}[1h])) \
                 / sum(increase(estore_orders_created_total[1h]))")
            .bad_above(0.15, 0.4)
            .more("checkout"),
        Panel::new(Lines, "Refunds", Unit::PerHour,
            "Refunds that reached each stage within the hour before each moment. The gateway refused failed refunds for good: look at each (GET /orders/{id}/refunds).")
            .query("{{to}}", "sum by (to) (increase(estore_refunds_total[1h]))"),
        Panel::new(Stack, "Money refunded an hour", Unit::Money, "Refunded money within the hour before each moment, by currency.")
            .query("{{currency}}", money("estore_refunded_minor_units_total", "1h")),
    ])
}

fn stock() -> Row {
    Row::new("Stock", 2, vec![
        Panel::new(Lines, "Products that are sold out", Unit::Share,
            "The share of products on sale without available units. Record stock that has arrived (POST /products/{sku}/stock/adjustments).")
            .query("sold out", "max(estore_products{state=\"sold_out\"}) / sum(max by (state) (estore_products))")
            .bad_above(0.1, 0.25),
        Panel::new(Stack, "Units", Unit::Count,
            "Units that are available, and units that are held for orders in progress. If the held units only grow, see the holds in Checkout.")
            .query("{{state}}", "max by (state) (estore_stock_units)")
            .more("checkout"),
        Panel::new(Lines, "Products", Unit::Count, "Products in stock, and sold out.")
            .query("{{state}}", "max by (state) (estore_products)"),
        Panel::new(Lines, "Reservations", Unit::PerMinute,
            "Calls on reservations a minute, by outcome. Refused calls are orders for more than the available units.")
            .query("{{operation}}: {{outcome}}", "60 * sum by (operation, outcome) (rate(estore_reservations_total[$__rate_interval]))"),
    ])
}
