//! Equation 8 for ready-made views, broken in a real store.

use estore_contract::OrderId;
use estore_faults::checker::When::{Always, Lossy, Quiet};

use crate::{
    audit,
    plant::{breaks, is_clean, order_key},
    quiet::{self, ada, bob},
    shop::{Shop, card, user},
};

const VIEWS: &str = "{pay}:views";

async fn kept(shop: &Shop, order: OrderId) -> String {
    shop.stage.operate(&["HGET", VIEWS, &order.to_string()]).await
}

#[tokio::test]
async fn view_that_differs_from_its_order_is_found() {
    let shop = quiet::shop("shown").await;
    let (sold, partly, late) = (ada("at-once"), ada("at-once-partly"), bob("at-once-late"));
    assert!(kept(&shop, partly).await.starts_with("partially_refunded "));
    assert!(kept(&shop, late).await.starts_with("cancelled "));
    for when in [Always, Lossy, Quiet] {
        for (order, from, to) in [
            (sold, "completed ", "partially_refunded "),
            (partly, "partially_refunded ", "completed "),
            (partly, " 250 ", " 0 "),
            (late, "cancelled ", "completed "),
            (late, "order_timed_out", "order_lost"),
            (sold, "\"quantity\":2", "\"quantity\":3"),
            (sold, "\"amount\":250", "\"amount\":251"),
            (sold, "T", "T1"),
        ] {
            let view = kept(&shop, order).await;
            assert!(view.contains(from), "{view}");
            let changed = view.replacen(from, to, 1);
            let equation = if from == "T" { 11 } else { 8 };
            breaks(&shop, when, equation, order, &["HSET", VIEWS, &order.to_string(), &changed]).await;
        }
        let address = format!(
            "{}{}",
            kept(&shop, sold).await,
            "\n,\"shipping_address\":{\"line1\":\"1 High Street\",\"city\":\"Ayr\",\"postal_code\":\"KA7 1AA\",\"country\":\"GB\"}"
        );
        breaks(&shop, when, 8, sold, &["HSET", VIEWS, &sold.to_string(), &address]).await;
        breaks(&shop, when, 8, sold, &["HSET", &order_key(sold), "updated_at", "1"]).await;
        // A view without an order.
        let nobodys = OrderId::of(user(9), "none");
        let view = kept(&shop, sold).await;
        breaks(&shop, when, 8, nobodys, &["HSET", VIEWS, &nobodys.to_string(), &view]).await;
    }
    is_clean(&shop, Quiet).await;
}

#[tokio::test]
async fn address_of_older_rules_passes() {
    let shop = quiet::shop("older-address").await;
    let sold = ada("at-once");
    let view = kept(&shop, sold).await;
    let items = r#"[{"sku":"MUG","quantity":2},{"sku":"PEN","quantity":1}]"#;
    // Today, the country is GB, and a name is no advertisement.
    let address = r#"{"line1":"1 High Street","city":"Ayr","postal_code":"KA7 1AA","country":"UK","recipient":"see prize.example"}"#;
    let request = format!(
        r#"{{"items":{items},"payment_method_id":"{}","shipping_address":{address}}}"#,
        card(user(1))
    );
    let _: i64 = shop.stage.operate(&["HSET", &order_key(sold), "request", &request]).await;
    let shown = format!("{view}\n,\"shipping_address\":{address}");
    let _: i64 = shop.stage.operate(&["HSET", VIEWS, &sold.to_string(), &shown]).await;
    for when in [Always, Lossy, Quiet] {
        is_clean(&shop, when).await;
        for (from, to, equation) in [
            ("\"UK\"", "\"GB\"", 8),
            ("\"city\":\"Ayr\"", "\"city\":\"Ayr\",\"planet\":\"Mars\"", 11),
            ("see prize.example\"}", "see prize.example\"},\"more\":1", 11),
            ("see prize.example\"}", "see prize.example\"}\n", 11),
        ] {
            let changed = shown.replacen(from, to, 1);
            breaks(&shop, when, equation, sold, &["HSET", VIEWS, &sold.to_string(), &changed]).await;
        }
    }
    audit::is_clean(&shop).await;
}
