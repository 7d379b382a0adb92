//! A backup that looks as new as the shop.

use estore_contract::payment::Order;
use estore_stage::ServiceName::{Inventory, Payment};
use estore_tests::{Access, CARD, Customer};

use super::{
    books::agree,
    keep::{back_up, epoch_check, put_back, ready, start},
};

const SKU: &str = "MUG-ENAMEL-01";

#[tokio::test]
async fn a_copy_made_after_a_raise_that_was_cut_short_is_known_to_be_older() {
    let mut shop = start("cut-short").await;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let dies = [("FAIL_POINT", "bootstrap.epoch.redis")];
    assert!(shop.bootstrap_with(&["raise-epoch"], &dies).await.is_err());
    let backup = back_up(&shop).await;
    let lost = customer.order("lost", card, SKU, 1).await.expect(201).json::<Order>();

    for service in [Inventory, Payment] {
        shop.service(service).stop().await.unwrap();
    }
    put_back(&shop, &backup).await;
    for service in [Inventory, Payment] {
        shop.service(service).start_again().unwrap();
    }
    for service in [Inventory, Payment] {
        let (status, said) = epoch_check(&access, service).await;
        assert!(status == 503, "{service}: {said}");
    }
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(&lost.id.to_string()), "{said}");
    ready(&mut shop).await;
    let _lost = customer.order("lost", card, SKU, 1).await.refused(409, "order_lost");
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}
