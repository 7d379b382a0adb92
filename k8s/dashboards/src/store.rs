//! *Store*: what a shop owner looks at.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Bars, Lines, Stack, Stat},
};

/// Currencies whose minor unit is the unit itself, as a regular expression; `contract::money` has the same.
pub const WHOLE: &str = "BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF";
/// Currencies with thousandths. All others have hundredths.
pub const THOUSANDTHS: &str = "BHD|IQD|JOD|KWD|LYD|OMR|TND";

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "store",
        title: "E-Store / Store",
        description: "What a shop owner looks at: orders, revenue, the way to an order, stock.",
        from: "now-24h",
        one_service: false,
        rows: vec![now(), orders(), way(), refused(), stock()],
    }
}

/// Money in units such as dollars: what grew within `window`, by currency.
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
            "Orders that customers placed. Nothing, where there is something at this time of day: see Service for errors, then Checkout.")
            .query("", "60 * sum(rate(estore_orders_created_total[$__rate_interval]))")
            .more("checkout"),
        Panel::new(Stat, "Orders in 24 hours", Unit::Count, "Orders that were placed within the last day, whatever became of them.")
            .query("", "sum(increase(estore_orders_created_total[1d]))"),
        Panel::new(Stat, "Completed within the hour", Unit::Share,
            "Of the orders that ended within the last hour, those that were paid and whose stock is sold. Falls when many cards are declined \
             or stock runs out: see below why orders are cancelled.")
            .query("", "sum(increase(estore_order_transitions_total{to=\"completed\"}[1h])) \
                 / sum(increase(estore_order_transitions_total{to=~\"completed|cancelled\"}[1h]))")
            .bad_below(0.9, 0.7),
        Panel::new(Stat, "Revenue in 24 hours", Unit::Money,
            "Money that was taken within the last day, by currency; what was sent back is not taken off.")
            .query("{{currency}}", money("estore_captured_minor_units_total", "1d")),
        Panel::new(Stat, "Refunds that are under way", Unit::Count,
            "Refunds that the gateway has not done yet. They take seconds; where they pile up, see the gateway in Checkout.")
            .query("", "max(estore_refunds_open)")
            .bad_above(20.0, 100.0)
            .more("checkout"),
        Panel::new(Stat, "Oldest order that is under way", Unit::Seconds,
            "How long the oldest order that is neither completed nor cancelled is under way. Seconds are usual; after three minutes \
             somebody should look (runbook EStoreOrderStuck).")
            .query("", "max(estore_order_oldest_seconds)")
            .bad_above(60.0, 180.0)
            .more("checkout"),
    ])
}

fn orders() -> Row {
    Row::new("Orders and money", 2, vec![
        Panel::new(Lines, "Orders placed and ended", Unit::PerMinute,
            "Orders a minute: placed, completed, cancelled. Placed ones that do not end are under way: see Checkout.")
            .query("placed", "60 * sum(rate(estore_orders_created_total[$__rate_interval]))")
            .query("{{to}}", "60 * sum by (to) (rate(estore_order_transitions_total{to=~\"completed|cancelled\"}[$__rate_interval]))"),
        Panel::new(Stack, "Revenue an hour", Unit::Money, "Money that was taken within the hour before each moment, by currency.")
            .query("{{currency}}", money("estore_captured_minor_units_total", "1h")),
    ])
}

fn way() -> Row {
    Row::new("The way to an order", 2, vec![
        Panel::new(Bars, "From an account to an order, in 24 hours", Unit::Count,
            "How many got how far within the last day. Accounts without a proven address: do the mails arrive? Orders that are not \
             completed: see below.")
            .query("accounts", "sum(increase(estore_registrations_total{outcome=\"registered\"}[1d]))")
            .query("addresses proven", "sum(increase(estore_addresses_verified_total[1d]))")
            .query("orders placed", "sum(increase(estore_orders_created_total[1d]))")
            .query("orders completed", "sum(increase(estore_order_transitions_total{to=\"completed\"}[1d]))"),
        Panel::new(Lines, "From an account to an order, each hour", Unit::PerHour,
            "The same within the hour before each moment. A line that falls while the one before it does not shows where customers stop.")
            .query("accounts", "sum(increase(estore_registrations_total{outcome=\"registered\"}[1h]))")
            .query("addresses proven", "sum(increase(estore_addresses_verified_total[1h]))")
            .query("orders placed", "sum(increase(estore_orders_created_total[1h]))")
            .query("orders completed", "sum(increase(estore_order_transitions_total{to=\"completed\"}[1h]))"),
        Panel::new(Lines, "Logins", Unit::PerMinute,
            "Logins a minute by outcome. Many with wrong passwords are somebody who tries lists of them (runbook EStoreLoginFailures).")
            .query("{{outcome}}", "60 * sum by (outcome) (rate(estore_logins_total[$__rate_interval]))"),
        Panel::new(Lines, "Mails", Unit::PerMinute,
            "Attempts to send a mail a minute, by outcome. Where many are tried again or bounce, new customers cannot prove their address \
             (runbook EStoreMailsFail).")
            .query("{{outcome}}", "60 * sum by (outcome) (rate(estore_mails_total[$__rate_interval]))"),
    ])
}

fn refused() -> Row {
    Row::new("What did not become an order, or did not stay one", 2, vec![
        Panel::new(Stack, "Cancelled orders by reason", Unit::PerHour,
            "Orders that were cancelled within the hour before each moment, by the reason that the customer was told.")
            .query("{{reason}}", "sum by (reason) (increase(estore_orders_cancelled_total[1h]))"),
        Panel::new(Lines, "Declined cards", Unit::Share,
            "Orders whose card was declined, of those placed, within the hour before each moment. Some are usual; a wave is somebody who \
             tries stolen cards, or a gateway that has a bad day.")
            .query("declined", "sum(increase(estore_orders_cancelled_total{reason=\"payment_declined\"}[1h])) \
                 / sum(increase(estore_orders_created_total[1h]))")
            .bad_above(0.15, 0.4)
            .more("checkout"),
        Panel::new(Lines, "Refunds", Unit::PerHour,
            "Refunds by the stage they came to within the hour before each moment. Failed ones were refused by the gateway for good: look at \
             them one by one (GET /orders/{id}/refunds).")
            .query("{{to}}", "sum by (to) (increase(estore_refunds_total[1h]))"),
        Panel::new(Stack, "Money sent back an hour", Unit::Money, "What was refunded within the hour before each moment, by currency.")
            .query("{{currency}}", money("estore_refunded_minor_units_total", "1h")),
    ])
}

fn stock() -> Row {
    Row::new("Stock", 2, vec![
        Panel::new(Lines, "Products that are sold out", Unit::Share,
            "Of all products that are on offer, those of which nothing can be bought. Book what has arrived \
             (POST /products/{sku}/stock/adjustments).")
            .query("sold out", "max(estore_products{state=\"sold_out\"}) / sum(max by (state) (estore_products))")
            .bad_above(0.1, 0.25),
        Panel::new(Stack, "Pieces", Unit::Count,
            "Pieces that can be bought, and pieces that are held for orders under way. Held ones that only grow: see the holds in Checkout.")
            .query("{{state}}", "max by (state) (estore_stock_units)")
            .more("checkout"),
        Panel::new(Lines, "Products", Unit::Count, "Products in stock, and sold out.")
            .query("{{state}}", "max by (state) (estore_products)"),
        Panel::new(Lines, "Reservations", Unit::PerMinute,
            "Calls on reservations a minute, by what was answered. Refused ones are orders for more than there is.")
            .query("{{operation}}: {{outcome}}", "60 * sum by (operation, outcome) (rate(estore_reservations_total[$__rate_interval]))"),
    ])
}
