//! An order that was lost and is written again from the gateway's books.

use estore_contract::{Code, OrderId};
use estore_payment::{
    gateway::{ListedPayment, PaymentState},
    store::restore,
};
use estore_server::Problem;

use crate::{
    stage::user,
    views::{request, shop, usd},
};

#[tokio::test]
async fn lost_order_without_a_user_answers_its_key() {
    let stage = shop("lost-owner").await;
    let order = OrderId::of(user(1), "key");
    let listed = ListedPayment {
        payment: "p".to_owned(),
        order,
        user: None,
        amount: usd(1000),
        state: PaymentState::Voided,
        refunds: Vec::new(),
    };
    assert!(restore::lost(&stage.redis, &listed, &[]).await.unwrap());
    let refused = stage.create(user(1), "key", &request()).await.unwrap_err();
    assert_eq!(Problem::from(refused).code(), Code::OrderLost);
}
