//! A shop in progress: an order and a refund in each state. In some, one side has done a step that
//! the other does not know yet.

use estore_contract::OrderId;

use crate::{
    order::Moving,
    quiet,
    shop::{Shop, user},
};

/// Returns Erin's order with this key: her orders are in different states.
pub(crate) fn erin(key: &str) -> OrderId {
    OrderId::of(user(3), key)
}

async fn order<'a>(shop: &'a Shop, key: &str, lines: &'a [(&'a str, u32)]) -> Moving<'a> {
    let op = shop.history.invoke(0, Shop::asks(user(3), key, lines));
    let order = shop.create(user(3), key, lines).await;
    order.tell(op, 202).await;
    order
}

pub(crate) async fn shop(name: &str) -> Shop {
    let shop = Shop::start(name).await;
    shop.product("MUG", 250, "USD", 100).await;
    shop.product("PEN", 999, "USD", 40).await;
    shop.product("LAMP", 4500, "EUR", 10).await;
    shop.product(quiet::HOT, 100, "USD", 3).await;
    shop.save_card(user(1)).await;
    shop.save_card(user(3)).await;
    quiet::completed(&shop).await;
    orders(&shop).await;
    refunds(&shop).await;
    shop
}

async fn orders(shop: &Shop) {
    let lines = [("MUG", 1), ("PEN", 2)];
    order(shop, "accepted", &lines).await;
    // Inventory's answer is lost.
    assert_eq!(order(shop, "held", &lines).await.hold("600000").await[0], "held");
    order(shop, "reserved", &lines).await.reserve("600000").await;
    let mut noted = order(shop, "noted", &lines).await;
    noted.reserve("600000").await;
    noted.create_payment().await;
    // The gateway's answer is lost.
    noted.charge("").await;
    let mut authorized = order(shop, "authorized", &lines).await;
    authorized.reserve("600000").await;
    authorized.create_payment().await;
    authorized.authorize().await;
    order(shop, "confirming", &lines).await.up_to_confirming().await;
    let mut sold = order(shop, "sold", &lines).await;
    sold.up_to_confirming().await;
    sold.sell().await;
    order(shop, "confirmed", &lines).await.up_to_confirmed().await;
    let mut taken = order(shop, "taken", &lines).await;
    taken.up_to_confirmed().await;
    taken.take().await;
    order(shop, "unnoted", &lines).await.create_unnoted().await;
    let mut at_once = order(shop, "taken-at-once", &lines).await;
    at_once.reserve_and_note().await;
    at_once.authorize_and_confirm().await;
    at_once.sell().await;
    at_once.take().await;
    let mut cancelling = order(shop, "cancelling", &lines).await;
    cancelling.reserve("600000").await;
    cancelling.create_payment().await;
    cancelling.authorize().await;
    cancelling.cancelling(Some("order_timed_out")).await;
    let mut fenced = order(shop, "fenced", &lines).await;
    fenced.up_to_confirmed().await;
    assert_eq!(fenced.void().await, ["voided", "1"]);
    fenced.cancelling(Some("payment_declined")).await;
    fenced.release().await;
}

async fn refunds(shop: &Shop) {
    let mut order = order(shop, "refunds", &[("MUG", 5), ("PEN", 5)]).await;
    order.complete().await;
    order.refund("requested", &[("MUG", 1)], true, &[]).await;
    order.refund("asked", &[("MUG", 1)], true, &[]).await;
    order.pay_back(2, 250).await;
    order.refund("paid", &[("PEN", 1)], true, &["paid"]).await;
    order.refund("back", &[("PEN", 1)], true, &["paid"]).await;
    order.put_back(4, &[("PEN", 1)]).await;
    order.refund("done", &[("PEN", 1)], true, &["paid", "done"]).await;
    let mail = format!("{}/refunded/5", order.id);
    let _: i64 = shop.stage.operate(&["ZADD", "{pay}:mail", "1", &mail]).await;
    let _: i64 = shop.stage.operate(&["ZADD", "{pay}:mail", "1", &format!("{}/confirmed", order.id)]).await;
}
