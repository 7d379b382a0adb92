//! An order as its owner sees it.

use estore_contract::{
    Money, OrderId,
    payment::{self, OrderCard, OrderFailure, OrderLine},
};
use estore_faults::stores::Snapshot;
use serde_json::json;
use time::OffsetDateTime;

/// Returns the service's answer for the order.
pub(crate) fn view(id: OrderId, snapshot: &Snapshot) -> payment::Order {
    let order = &snapshot.orders[&id];
    let refunds = snapshot.refunds.range((id, i64::MIN)..=(id, i64::MAX)).map(|(_, refund)| refund);
    let date = |ms: i64| OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap();
    let units = |n: &i64| u32::try_from(*n).unwrap();
    let items = match &order.price {
        Some(price) => price
            .lines
            .iter()
            .map(|line| OrderLine {
                sku: line.sku.clone(),
                name: Some(line.name.clone()),
                quantity: units(&line.quantity),
                unit_price: Some(line.unit_price),
                line_total: Some(line.line_total),
            })
            .collect(),
        None => order
            .asked
            .iter()
            .map(|(sku, n)| OrderLine {
                sku: sku.clone(),
                name: None,
                quantity: units(n),
                unit_price: None,
                line_total: None,
            })
            .collect(),
    };
    let total = order.price.as_ref().map(|price| Money::new(price.amount, price.currency));
    payment::Order {
        id,
        number: id.number(),
        status: order.status(refunds),
        items,
        total,
        payment_method: OrderCard { id: order.method, brand: "visa".to_owned(), last4: "4242".to_owned() },
        refunded: total.map(|total| Money::new(order.refunded, total.currency)),
        failure: order
            .failure
            .clone()
            .map(|code| OrderFailure { code, message: "It did not work.".to_owned() }),
        shipping_address: None,
        created_at: date(order.created_at),
        updated_at: date(order.created_at),
    }
}

/// Returns the lines of a view that do not change, as the service writes them.
pub(crate) fn lines(order: &payment::Order) -> String {
    let (refunded, currency) = match order.refunded {
        Some(refunded) => ("{\"amount\":", format!(",\"currency\":\"{}\"}}", refunded.currency.code())),
        None => ("null", String::new()),
    };
    let made = order.created_at.format(&time::format_description::well_known::Rfc3339).unwrap();
    [
        format!(
            ",\"items\":{},\"total\":{},\"payment_method\":{},\"refunded\":{refunded}",
            json!(order.items),
            json!(order.total),
            json!(order.payment_method)
        ),
        format!("{currency},\"failure\":{}", json!(order.failure)),
        format!(",\"created_at\":\"{made}\",\"updated_at\":\""),
    ]
    .join("\n")
}
