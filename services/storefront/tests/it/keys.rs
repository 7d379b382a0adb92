//! The key of a checkout form makes one order, in several tabs and after a refusal.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    checkout::{add_mugs, filled, hidden, send, set, shopper},
    stage::{Browser, Seen, Stage},
    till::Fault,
};

fn declined() -> Fault {
    Fault::Refused(json!({"code": "payment_declined", "status_code": 402, "decline_code": "card_declined"}))
}

/// Visits the pages in turn. Each must show a basket with one item.
async fn assert_basket_has_one(browser: &mut Browser, paths: &[&str]) {
    for path in paths {
        let page = browser.get(path).await;
        assert!(page.text.contains("Basket, 1 item"), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn two_tabs_make_one_order_after_a_refusal() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let (one, two) = (browser.get("/checkout").await, browser.get("/checkout").await);
    stage.services.till.fail([declined()]);
    let first = send(&mut browser, &filled(&one)).await;
    let second = send(&mut browser, &filled(&two)).await;
    assert_eq!((first.status, second.status), (StatusCode::PAYMENT_REQUIRED, StatusCode::PAYMENT_REQUIRED));
    assert_eq!(hidden(&first, "key"), hidden(&second, "key"));
    let placed = send(&mut browser, &filled(&first)).await;
    let again = send(&mut browser, &filled(&second)).await;
    assert_eq!((placed.status, again.location()), (StatusCode::SEE_OTHER, placed.location()));
    browser.get(placed.location()).await;
    // The form of before the refusal leads to the order, too.
    let old = send(&mut browser, &filled(&two)).await;
    assert_eq!((old.status, old.location()), (StatusCode::SEE_OTHER, "/checkout"));
    assert_eq!(browser.get("/checkout").await.location(), placed.location());
    assert_eq!(stage.services.till.orders(), 2, "the refused one and the placed one");
}

#[tokio::test]
async fn tabs_refused_at_once_share_the_next_key() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    let mut double = browser.clone();
    stage.services.till.fail([declined()]);
    let (first, second) = tokio::join!(send(&mut browser, &form), send(&mut double, &form));
    assert_eq!((first.status, second.status), (StatusCode::PAYMENT_REQUIRED, StatusCode::PAYMENT_REQUIRED));
    assert_eq!(hidden(&first, "key"), hidden(&second, "key"));
}

#[tokio::test]
async fn found_order_takes_out_its_own_lines() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let mut form = filled(&browser.get("/checkout").await);
    // The browser never saw the answer. Its basket and its form have one more by then.
    let placed = send(&mut browser.clone(), &form).await;
    add_mugs(&mut browser, "1").await;
    set(&mut form, "lines", "MUG-01:3");
    set(&mut form, "total", "4470 USD");
    let found = send(&mut browser, &form).await;
    assert_eq!((found.location(), stage.services.till.orders()), (placed.location(), 1));
    browser.get(found.location()).await;
    let basket = browser.get("/basket").await;
    assert!(basket.text.contains("Basket, 1 item"), "{}", basket.text);
}

#[tokio::test]
async fn product_added_during_an_order_stays() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    // Another tab adds one before the answer to the form comes, which leaves the basket alone.
    let placed = send(&mut browser.clone(), &form).await;
    add_mugs(&mut browser, "1").await;
    let mut changed = placed.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    assert!(!changed.any(|line| line.starts_with("__Host-shop-basket")), "{:?}", placed.headers);
    assert_basket_has_one(&mut browser, &[placed.location(), "/basket", placed.location(), "/basket"]).await;
}

#[tokio::test]
async fn basket_lacks_what_was_ordered() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    // The page of the order never comes.
    let placed = send(&mut browser, &form).await;
    let basket = browser.get("/basket").await;
    assert!(basket.text.contains("Your basket is empty."), "{}", basket.text);
    add_mugs(&mut browser, "1").await;
    assert_basket_has_one(&mut browser, &[placed.location(), "/basket"]).await;
}

#[tokio::test]
async fn old_repeat_without_a_cookie_keeps_the_basket() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    let placed = send(&mut browser, &form).await;
    browser.get(placed.location()).await;
    // A tab of yesterday sends its form again. The cookie of the checkout has ended.
    assert!(browser.cookies.remove("__Host-shop-checkout").is_some(), "{:?}", browser.cookies.keys());
    add_mugs(&mut browser, "1").await;
    let found = send(&mut browser, &form).await;
    assert_eq!((found.location(), stage.services.till.orders()), (placed.location(), 1));
    assert_basket_has_one(&mut browser, &[placed.location(), "/basket"]).await;
}

#[tokio::test]
async fn order_before_a_logout_leaves_later_baskets() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    let placed = send(&mut browser, &form).await;
    browser.submit("/", "/logout", &[]).await;
    browser.login().await;
    add_mugs(&mut browser, "1").await;
    let page = browser.get(placed.location()).await;
    assert!(page.text.contains("Basket, 1 item"), "{}", page.text);
}

#[tokio::test]
async fn cancelled_order_leaves_the_basket_full() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    let placed = send(&mut browser, &form).await;
    stage.services.till.cancel();
    let page = browser.get(placed.location()).await;
    assert!(page.text.contains("Basket, 2 items"), "{}", page.text);
}

#[tokio::test]
async fn lost_order_without_an_owner_renews_the_key() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    stage.services.till.fail([Fault::NotMade(json!({"code": "order_lost", "status_code": 409}))]);
    let seen = send(&mut browser, &filled(&page)).await;
    assert!(seen.text.contains("The order was lost by a fault of ours"), "{}", seen.text);
    assert_ne!(hidden(&seen, "key"), hidden(&page, "key"));
    let placed = send(&mut browser, &filled(&seen)).await;
    assert_eq!((placed.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1));
}

/// Returns the fields of a checkout form with an address and a card that are saved.
fn filled_with_saved(page: &Seen) -> Vec<(String, String)> {
    let mut form = filled(page);
    set(&mut form, "address", "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a0a");
    form
}

#[tokio::test]
async fn checkout_outlives_an_absent_user_service() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    let mut form = filled_with_saved(&page);
    set(&mut form, "card", "new");
    for (name, value) in [("number", "5555 5555 5555 4444"), ("expiry", "12/29"), ("cvc", "739")] {
        form.push((name.to_owned(), value.to_owned()));
    }
    stage.services.is_user_away.store(true, Ordering::SeqCst);
    let seen = send(&mut browser, &form).await;
    assert_eq!((seen.status, stage.services.till.orders()), (StatusCode::SERVICE_UNAVAILABLE, 0));
    assert!(seen.text.contains("Ask again"), "{}", seen.text);
    assert_eq!(hidden(&seen, "key"), hidden(&page, "key"));
    // The new card is saved, and chosen.
    assert!(seen.text.contains("4444"), "{}", seen.text);
}

#[tokio::test]
async fn order_is_found_while_accounts_are_away() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    let placed = send(&mut browser.clone(), &filled(&page)).await;
    stage.services.is_user_away.store(true, Ordering::SeqCst);
    let found = send(&mut browser, &filled_with_saved(&page)).await;
    assert_eq!((found.status, found.location()), (StatusCode::SEE_OTHER, placed.location()));
    assert_eq!(stage.services.till.orders(), 1);
}

#[tokio::test]
async fn refused_order_with_lost_answer_renews_the_key() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    stage.services.till.fail([declined()]);
    // The browser never saw the refusal.
    send(&mut browser.clone(), &filled(&page)).await;
    stage.services.is_user_away.store(true, Ordering::SeqCst);
    let seen = send(&mut browser, &filled_with_saved(&page)).await;
    assert_eq!(seen.status, StatusCode::PAYMENT_REQUIRED);
    assert_ne!(hidden(&seen, "key"), hidden(&page, "key"));
    assert!(browser.cookies.contains_key("__Host-shop-basket"));
}

#[tokio::test]
async fn two_tabs_make_one_order() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let (one, two) = (browser.get("/checkout").await, browser.get("/checkout").await);
    assert_eq!(hidden(&one, "key"), hidden(&two, "key"));
    let placed = send(&mut browser, &filled(&one)).await;
    let mut other = filled(&two);
    set(&mut other, "city", "Potsdam");
    let seen = send(&mut browser, &other).await;
    assert_eq!((seen.location(), stage.services.till.orders()), (placed.location(), 1));
}

#[tokio::test]
async fn refusal_advises_and_renews_the_key() {
    for (refusal, status, text) in [
        (json!({"code": "price_changed", "status_code": 409}), 409, "A price has changed meanwhile."),
        (
            json!({"code": "insufficient_stock", "status_code": 409, "details": [
                {"field": "items[0].quantity", "message": "", "sku": "MUG-01", "available": 1},
            ]}),
            409,
            "Enamel &#60;Mug&#62;: Only 1 left.",
        ),
        (
            json!({"code": "payment_declined", "status_code": 402, "decline_code": "insufficient_funds"}),
            402,
            "The card does not have enough money",
        ),
    ] {
        let stage = Stage::new().await;
        let mut browser = shopper(&stage).await;
        let page = browser.get("/checkout").await;
        stage.services.till.fail([Fault::Refused(refusal)]);
        let seen = send(&mut browser, &filled(&page)).await;
        assert_eq!(seen.status.as_u16(), status);
        assert!(seen.text.contains(text), "{text}: {}", seen.text);
        assert_ne!(hidden(&seen, "key"), hidden(&page, "key"));
        // The form of before is spent, and the new one orders.
        let old = send(&mut browser, &filled(&page)).await;
        assert_eq!(old.status.as_u16(), status);
        let placed = send(&mut browser, &filled(&old)).await;
        assert_eq!((placed.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 2));
    }
}

#[tokio::test]
async fn old_form_with_another_card_is_shown_again() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    stage.services.till.fail([declined()]);
    let mut form = filled(&page);
    send(&mut browser, &form).await;
    set(&mut form, "city", "Potsdam");
    let seen = send(&mut browser, &form).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("press the button once more") && seen.text.contains("Potsdam"));
    let placed = send(&mut browser, &filled(&seen)).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER);
}
