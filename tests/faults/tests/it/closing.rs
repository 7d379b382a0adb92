//! A shop with closed accounts. All equations hold, and the checker finds any personal data that is
//! left.

use estore_contract::OrderId;
use estore_faults::{
    checker::When::{Always, Lossy, Quiet},
    history::OpKind,
};

use crate::{
    order::Moving,
    plant::{breaks, is_clean, order_key},
    quiet,
    shop::{Shop, card, user},
};

const LINES: [(&str, u32); 2] = [("MUG", 1), ("PEN", 2)];

fn eve(key: &str) -> OrderId {
    OrderId::of(user(4), key)
}

async fn order<'a>(shop: &'a Shop, key: &str) -> Moving<'a> {
    let op = shop.history.invoke(0, Shop::asks(user(4), key, &LINES));
    let order = shop.create(user(4), key, &LINES).await;
    order.tell(op, 202).await;
    order
}

/// Closes Eve's account, reading at most `limit` of her orders.
async fn close(shop: &Shop, limit: &str) -> Vec<String> {
    shop.stage.call("pay1_close", &[&user(4).to_string(), limit, "0"]).await
}

/// Returns a quiet shop. Eve's account was closed while her orders were in progress.
pub(crate) async fn shop(name: &str) -> Shop {
    let shop = quiet::shop(name).await;
    shop.save_card(user(4)).await;
    let mut sold = order(&shop, "sold").await;
    sold.complete().await;
    sold.refund("r1", &[("PEN", 1)], true, &["paid", "done"]).await;
    let accepted = order(&shop, "accepted").await;
    let mut reserved = order(&shop, "reserved").await;
    reserved.reserve("600000").await;
    let mut authorized = order(&shop, "authorized").await;
    authorized.reserve("600000").await;
    authorized.create_payment().await;
    authorized.authorize().await;
    let mut confirming = order(&shop, "confirming").await;
    confirming.up_to_confirming().await;

    assert_eq!(close(&shop, "2").await, ["more", "3"]);
    for when in [Always, Lossy] {
        is_clean(&shop, when).await;
    }
    for mut undone in [accepted, reserved, authorized] {
        // Sent by the client that closed the account.
        let op = shop.history.invoke(0, OpKind::Cancel { order: undone.id });
        (undone.version, undone.state) = (undone.version + 1, "cancelling");
        undone.undo().await;
        undone.tell(op, 200).await;
    }
    assert_eq!(close(&shop, "2").await, ["more", "0"]);
    confirming.sell().await;
    confirming.advance("confirmed", &[], &[]).await;
    confirming.take().await;
    assert_eq!(close(&shop, "2").await, ["closed", "0"]);
    confirming.advance("completed", &[], &["capture"]).await;
    sold.refund("r2", &[("PEN", 1)], false, &["paid", "done"]).await;
    for key in ["sold", "confirming"] {
        shop.read(eve(key)).await;
    }
    shop
}

#[tokio::test]
async fn personal_data_left_after_closing_is_found() {
    let shop = shop("closed").await;
    is_clean(&shop, Quiet).await;
    let (id, sold) = (user(4).to_string(), order_key(eve("sold")));
    for when in [Always, Quiet] {
        for field in ["email", "locale", "name"] {
            breaks(&shop, when, 14, eve("sold"), &["HSET", &sold, field, "eve@example.com"]).await;
        }
        let address =
            r#"{"items":[{"sku":"MUG","quantity":1},{"sku":"PEN","quantity":2}],"payment_method_id":"#;
        let place = r#""shipping_address":{"line1":"1 High Street","city":"Ayr","postal_code":"KA7 1AA","country":"GB"}}"#;
        let request = format!("{address}\"{}\",{place}", card(user(4)));
        breaks(&shop, when, 14, eve("sold"), &["HSET", &sold, "request", &request]).await;
        let mail = format!("{}/confirmed", eve("sold"));
        breaks(&shop, when, 14, eve("sold"), &["ZADD", "{pay}:mail", "1", &mail]).await;
        let kept = format!(r#"{{"user":"{id}"}}"#);
        breaks(&shop, when, 14, &id, &["SET", &format!("{{pay}}:m:{}", card(user(4))), &kept]).await;
        for (list, member) in [("methods", card(user(4)).to_string()), ("keys", "k".to_owned())] {
            breaks(&shop, when, 14, &id, &["ZADD", &format!("{{pay}}:u:{id}:{list}"), "1", &member]).await;
        }
        breaks(&shop, when, 14, &id, &["HSET", &format!("{{pay}}:u:{id}:records"), "k", "{}"]).await;
    }
    let keys = format!("{{pay}}:u:{}:keys", user(1));
    for when in [Lossy, Quiet] {
        breaks(&shop, when, 7, user(1), &["ZREM", &keys, "k"]).await;
    }
    is_clean(&shop, Quiet).await;
}
