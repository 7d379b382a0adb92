//! The assembled view equals the order's own JSON, byte for byte.

use estore_contract::{
    PaymentMethodId, Quantity,
    payment::{OrderItem, OrderRequest},
};
use proptest::{option, prelude::*};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::{
    PricedLine, Refusal, Returned, State,
    fixtures::{self, usd},
};

/// Returns an order that ended, with lines of these names and amounts if it was priced.
fn order(
    lines: Option<Vec<(String, i64)>>,
    failure: Option<String>,
    street: Option<String>,
    millis: i64,
) -> Order {
    let address = street
        .map(|street| json!({"line1": street, "city": "Ayr", "postal_code": "KA7 1AA", "country": "GB"}));
    let priced = lines.map(|lines| {
        let priced = |(name, amount): (String, i64)| PricedLine {
            sku: "S1".parse().unwrap(),
            name,
            quantity: 1,
            unit_price: usd(amount),
            line_total: usd(amount),
        };
        let total = lines.iter().map(|(_, amount)| amount).sum();
        (lines.into_iter().map(priced).collect(), usd(total))
    });
    let at = OffsetDateTime::UNIX_EPOCH + time::Duration::milliseconds(millis);
    let state = if failure.is_some() { State::Cancelled } else { State::Completed };
    Order {
        id: OrderId(Uuid::from_u128(7)),
        user: UserId(Uuid::from_u128(8)),
        request: OrderRequest {
            items: vec![OrderItem { sku: "S1".parse().unwrap(), quantity: Quantity::new(1).unwrap() }],
            payment_method_id: PaymentMethodId(Uuid::from_u128(9)),
            expected_total: None,
            shipping_address: address.and_then(|address| serde_json::from_value(address).ok()),
        },
        priced,
        updated_at: at + time::Duration::milliseconds(41),
        failure: failure.map(|message| Refusal { message, ..Refusal::lost() }),
        ..fixtures::order(state, at)
    }
}

fn spliced(order: &Order, status: &str, lines: &str) -> String {
    let millis = order.updated_at.unix_timestamp_nanos() / 1_000_000;
    let text = format!("{status} {millis} {} {}\n{lines}", order.refunded, order.user);
    let shown = Shown::parse(&text).unwrap();
    assert_eq!(shown.user, order.user);
    let mut out = String::new();
    shown.write(order.id, &mut out).unwrap();
    out
}

proptest! {
    #[test]
    fn view_is_the_orders_json(
        lines in option::of(prop::collection::vec(("\\PC{0,20}|[\"\\\\\n ]{0,4}", 0i64..9_000), 1..4)),
        failure in option::of("[\"a\\\\\n]{0,6}"),
        street in option::of("[a-z\"]{1,9}"),
        millis in 0i64..4_000_000_000_000,
        refunded in 0i64..900,
    ) {
        let mut order = order(lines, failure, street, millis);
        order.refunded = refunded;
        let kept = order.view_lines().unwrap();
        let status = if order.state == State::Completed { "completed" } else { "cancelled" };
        prop_assert_eq!(spliced(&order, status, &kept), serde_json::to_string(&order.view()).unwrap());
        // The order was refunded since.
        if order.state == State::Completed {
            order.returned = Returned::Part;
            order.updated_at += time::Duration::milliseconds(1234);
            let now = spliced(&order, "partially_refunded", &kept);
            prop_assert_eq!(now, serde_json::to_string(&order.view()).unwrap());
        }
    }
}

#[test]
fn torn_view_is_none() {
    let order = order(None, None, Some("x".to_owned()), 5);
    let kept = order.view_lines().unwrap();
    let first = format!("completed 5 0 {}", order.user);
    for torn in [String::new(), first.clone(), format!("{first}\n,"), format!("completed five 0 x\n{kept}")] {
        assert!(Shown::parse(&torn).is_none(), "{torn}");
    }
    // The address follows the last line break.
    let (bare, address) = kept.rsplit_once('\n').unwrap();
    assert!(address.starts_with(",\"shipping_address\":{"));
    let without =
        Order { request: OrderRequest { shipping_address: None, ..order.request.clone() }, ..order };
    assert_eq!(bare, without.view_lines().unwrap());
}
