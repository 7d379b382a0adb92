//! One form orders once, whatever happens to its answers.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    stage::{Browser, Seen, Stage},
    till::{CARD, Fault},
};

/// Returns a browser of a customer with two mugs in the basket.
pub(crate) async fn shopper(stage: &Stage) -> Browser {
    let mut browser = stage.browser();
    browser.login().await;
    add_mugs(&mut browser, "2").await;
    browser
}

/// Puts mugs into the basket.
pub(crate) async fn add_mugs(browser: &mut Browser, quantity: &str) {
    browser.submit("/products/MUG-01", "/basket/add", &[("sku", "MUG-01"), ("quantity", quantity)]).await;
}

/// Returns the value of a hidden field.
pub(crate) fn hidden(page: &Seen, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.text.split_once(&field).unwrap_or_else(|| panic!("no {name}: {}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

/// Returns the fields of a checkout form with a new address and the saved card.
pub(crate) fn filled(page: &Seen) -> Vec<(String, String)> {
    let hidden = ["form_token", "key", "lines", "total"].map(|name| (name.to_owned(), hidden(page, name)));
    let typed = [
        ("address", "new"),
        ("line1", "1 Main Street"),
        ("postal_code", "10115"),
        ("city", "Berlin"),
        ("country", "DE"),
        ("card", CARD),
    ];
    hidden.into_iter().chain(typed.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

pub(crate) async fn send(browser: &mut Browser, form: &[(String, String)]) -> Seen {
    let fields: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/checkout", &fields).await
}

pub(crate) fn set(form: &mut [(String, String)], name: &str, value: &str) {
    form.iter_mut().find(|(known, _)| known == name).unwrap().1 = value.to_owned();
}

#[tokio::test]
async fn checkout_leads_to_the_login_and_back() {
    let stage = Stage::new().await;
    let seen = stage.browser().get("/checkout").await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/login?next=%2Fcheckout"));
}

#[tokio::test]
async fn form_sent_twice_orders_once() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    assert!(page.text.contains("2 × Enamel") && page.text.contains("$29.80"), "{}", page.text);
    let (form, mut double) = (filled(&page), browser.clone());
    let (first, second) = tokio::join!(send(&mut browser, &form), send(&mut double, &form));
    assert_eq!((first.status, first.location()), (StatusCode::SEE_OTHER, second.location()));
    assert!(first.location().starts_with("/orders/"));
    // The page was reloaded, and the form sent again.
    let reloaded = send(&mut browser, &form).await;
    assert_eq!((reloaded.location(), stage.services.till.orders()), (first.location(), 1));
    let order = browser.get(first.location()).await;
    assert!(order.text.contains("We have this order already"), "{}", order.text);
    assert!(!browser.cookies.contains_key("__Host-shop-basket"));
}

#[tokio::test]
async fn order_page_lists_its_emails() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    let placed = send(&mut browser, &form).await;
    let page = browser.get(placed.location()).await.text;
    assert!(page.contains("Confirmation, sent to a***@example.com"), "{page}");
    assert!(page.contains("Refund, refused by the mailbox of a***@example.com"), "{page}");
    *stage.services.till.is_mail_unread.lock().unwrap() = true;
    let page = browser.get(placed.location()).await;
    assert!(page.status == StatusCode::OK && page.text.contains("The emails cannot be shown now."));
}

#[tokio::test]
async fn order_page_does_not_wait_for_its_emails() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let form = filled(&browser.get("/checkout").await);
    let placed = send(&mut browser, &form).await;
    stage.services.till.mail_hangs.store(true, Ordering::SeqCst);
    let began = Instant::now();
    let page = browser.get(placed.location()).await;
    assert!(page.status == StatusCode::OK && page.text.contains("The emails cannot be shown now."));
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn order_page_names_the_recipient() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let mut form = filled(&browser.get("/checkout").await);
    form.push(("recipient".to_owned(), "Grace Hopper".to_owned()));
    let placed = send(&mut browser, &form).await;
    let order = browser.get(placed.location()).await;
    assert!(order.text.contains("Grace Hopper, 1 Main Street, 10115 Berlin, Germany"), "{}", order.text);
}

#[tokio::test]
async fn going_back_from_an_order_finds_it() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    let placed = send(&mut browser, &filled(&page)).await;
    let back = browser.get("/checkout").await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, placed.location()));
    // A basket that is filled afterwards is another order.
    add_mugs(&mut browser, "2").await;
    let page = browser.get("/checkout").await;
    let next = send(&mut browser, &filled(&page)).await;
    assert_ne!(next.location(), placed.location());
    assert_eq!(stage.services.till.orders(), 2);
}

#[tokio::test]
async fn order_with_a_lost_answer_is_found() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    stage.services.till.fail([Fault::AnswerLost]);
    let seen = send(&mut browser, &filled(&page)).await;
    assert_eq!((seen.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1));
    let order = browser.get(seen.location()).await;
    // The visitor pressed once. The repeat was the storefront's.
    assert!(order.text.contains("Thank you! We have your order.") && order.text.contains("Completed"));
}

#[tokio::test]
async fn order_is_found_although_its_repeat_is_refused() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    let limited = json!({"code": "rate_limited", "status_code": 429});
    stage.services.till.fail([Fault::AnswerLost, Fault::NotMade(limited)]);
    let seen = send(&mut browser, &filled(&page)).await;
    assert_eq!((seen.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1));
    browser.get(seen.location()).await;
    assert!(!browser.cookies.contains_key("__Host-shop-basket"));
}

#[tokio::test]
async fn order_of_the_first_press_is_thanked_for() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    // The order is made, and no request for it is answered. Reading it works.
    let unknown = || Fault::NotMade(json!({"code": "outcome_unknown", "status_code": 503}));
    stage.services.till.fail([Fault::AnswerLost, unknown(), unknown()]);
    let seen = send(&mut browser, &filled(&page)).await;
    assert_eq!((seen.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1));
    let order = browser.get(seen.location()).await;
    assert!(order.text.contains("Thank you! We have your order."), "{}", order.text);
}

#[tokio::test]
async fn cancelled_order_is_not_taken_for_placed() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    // The browser never saw the answer. The customer found the order, and cancelled it.
    send(&mut browser.clone(), &filled(&page)).await;
    stage.services.till.cancel();
    let again = send(&mut browser.clone(), &filled(&page)).await;
    let shown = browser.get("/checkout").await;
    for seen in [&again, &shown] {
        assert_eq!(seen.status, StatusCode::CONFLICT);
        assert!(seen.text.contains("placed an order before, and that was cancelled"), "{}", seen.text);
        assert_ne!(hidden(seen, "key"), hidden(&page, "key"));
    }
    assert!(browser.cookies.contains_key("__Host-shop-basket"));
    let placed = send(&mut browser, &filled(&again)).await;
    assert_eq!((placed.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 2));
}

#[tokio::test]
async fn order_without_any_answer_is_asked_for_again() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    stage.services.till.fail([Fault::Away, Fault::Away, Fault::AnswerLost]);
    *stage.services.till.is_unread.lock().unwrap() = true;
    let seen = send(&mut browser, &filled(&page)).await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(seen.text.contains("its number is") && seen.text.contains("Ask again"), "{}", seen.text);
    for name in ["key", "lines", "total"] {
        assert_eq!(hidden(&seen, name), hidden(&page, name));
    }
    *stage.services.till.is_unread.lock().unwrap() = false;
    let again = send(&mut browser, &filled(&seen)).await;
    assert_eq!((again.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn limited_reads_lose_no_form() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    let unknown = || Fault::NotMade(json!({"code": "outcome_unknown", "status_code": 503}));
    stage.services.till.fail([Fault::AnswerLost, unknown(), unknown()]);
    stage.services.till.are_reads_limited.store(true, Ordering::SeqCst);
    let seen = send(&mut browser, &filled(&page)).await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE, "{}", seen.text);
    assert!(seen.text.contains("Ask again") && !seen.text.contains("Nothing was done"), "{}", seen.text);
    for name in ["key", "lines", "total", "card"] {
        let sent = filled(&page).into_iter().find(|(known, _)| known == name).map(|(_, value)| value);
        assert_eq!(Some(hidden(&seen, name)), sent, "{name}");
    }
}

#[tokio::test]
async fn limited_addresses_lose_no_form() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let mut form = filled(&browser.get("/checkout").await);
    set(&mut form, "address", "0197a6f0-3c5e-7d6b-9a44-000000000007");
    stage.services.till.are_reads_limited.store(true, Ordering::SeqCst);
    let seen = send(&mut browser, &form).await;
    assert_eq!(seen.status, StatusCode::TOO_MANY_REQUESTS, "{}", seen.text);
    assert!(seen.text.contains("Please wait a little and order again"), "{}", seen.text);
    for name in ["key", "lines", "total"] {
        let sent = form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        assert_eq!(Some(hidden(&seen, name)), sent, "{name}");
    }
    assert!(seen.text.contains("0197a6f0-3c5e-7d6b-9a44-000000000007"), "the chosen address is kept");
    stage.services.till.are_reads_limited.store(false, Ordering::SeqCst);
    let again = send(&mut browser, &filled(&seen)).await;
    assert_eq!((again.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn checkout_ends_before_the_browser_gives_up() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    stage.services.till.hangs.store(true, Ordering::SeqCst);
    let began = Instant::now();
    let seen = send(&mut browser, &filled(&page)).await;
    assert!(began.elapsed() < Duration::from_secs(13), "{:?}", began.elapsed());
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(hidden(&seen, "key"), hidden(&page, "key"));
    stage.services.till.hangs.store(false, Ordering::SeqCst);
    let again = send(&mut browser, &filled(&seen)).await;
    assert_eq!((again.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn checkout_finds_an_order_lost_on_the_network() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    // The browser never saw the answer, nor its cookies.
    let placed = send(&mut browser.clone(), &filled(&page)).await;
    let found = browser.get("/checkout").await;
    assert_eq!((found.status, found.location()), (StatusCode::SEE_OTHER, placed.location()));
    assert!(!browser.cookies.contains_key("__Host-shop-basket"));
}

#[tokio::test]
async fn refusal_before_an_order_is_explained() {
    for (code, status, text) in [
        ("rate_limited", 429, "Too many of your orders"),
        ("email_not_verified", 403, "not verified yet"),
        ("payment_method_not_found", 404, "no longer in your account"),
    ] {
        let stage = Stage::new().await;
        let mut browser = shopper(&stage).await;
        let page = browser.get("/checkout").await;
        stage.services.till.fail([Fault::NotMade(json!({"code": code, "status_code": status}))]);
        let seen = send(&mut browser, &filled(&page)).await;
        assert!(seen.text.contains(text), "{code}: {}", seen.text);
        let wait = seen.headers.get("retry-after").map(|wait| wait.to_str().unwrap());
        assert_eq!(wait, (status == 429).then_some("7"), "{code}");
        assert_eq!(stage.services.till.orders(), 0);
        assert!(browser.cookies.contains_key("__Host-shop-basket"));
        assert_eq!(hidden(&seen, "key"), hidden(&page, "key"), "{code}: the key made no order");
    }
}

#[tokio::test]
async fn new_card_is_saved_once_and_not_shown() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    let mut form = filled(&page);
    set(&mut form, "card", "new");
    for (name, value) in [("number", "5555 5555 5555 4444"), ("expiry", "13/29"), ("cvc", "739")] {
        form.push((name.to_owned(), value.to_owned()));
    }
    let wrong = send(&mut browser, &form).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("month and year as on the card"), "{}", wrong.text);
    // Random values may have the same digits.
    let shown = ["key", "form_token"].map(|name| hidden(&wrong, name));
    let shown = shown.iter().fold(wrong.text.clone(), |text, random| text.replace(random.as_str(), ""));
    assert!(!shown.contains("5555") && !shown.contains("739"), "{shown}");
    assert_eq!(hidden(&wrong, "key"), hidden(&page, "key"));
    set(&mut form, "expiry", "12/29");
    let (first, second) = (send(&mut browser, &form).await, send(&mut browser, &form).await);
    assert_eq!((first.status, first.location()), (StatusCode::SEE_OTHER, second.location()));
    assert_eq!(stage.services.till.orders(), 1);
    // The visitor went back, and took another card.
    set(&mut form, "number", "4000 0000 0000 0002");
    set(&mut form, "city", "Potsdam");
    let other = send(&mut browser, &form).await;
    assert_eq!((other.location(), stage.services.till.orders()), (first.location(), 1));
}

#[tokio::test]
async fn checkout_of_a_short_product_offers_no_button() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    stage.services.left.store(1, Ordering::SeqCst);
    browser.language = "de";
    let page = browser.get("/checkout").await;
    assert!(page.text.contains("Nur noch 1 da.") && page.text.contains("Warenkorb ändern"), "{}", page.text);
    assert!(!page.text.contains("Zahlungspflichtig bestellen"));
    assert_eq!(page.text.matches("<h1").count(), 1);
}

#[tokio::test]
async fn form_with_changed_contents_is_refused() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let page = browser.get("/checkout").await;
    for (name, value) in [("key", "x"), ("lines", "MUG-01:0"), ("total", "1")] {
        let mut form = filled(&page);
        set(&mut form, name, value);
        assert_eq!(send(&mut browser, &form).await.status, StatusCode::BAD_REQUEST, "{name}");
    }
    assert_eq!(stage.services.till.orders(), 0);
}

#[tokio::test]
async fn events_of_an_order_carry_the_session() {
    let stage = Stage::new().await;
    assert_eq!(stage.browser().get("/orders/06BT-DW1W/events").await.status, StatusCode::SEE_OTHER);
    let mut browser = shopper(&stage).await;
    let seen = browser.get("/orders/06BT-DW1W/events").await;
    assert_eq!(seen.text, "event: order\ndata: 06BT-DW1W\n\n");
    assert_eq!(seen.headers["content-type"], "text/event-stream");
    assert_eq!(seen.headers["x-accel-buffering"], "no");
    assert!(stage.services.header("authorization").unwrap().starts_with("Bearer "));
    assert_eq!(stage.services.header("cookie"), None);
}

#[tokio::test]
async fn events_that_were_seen_come_no_more() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let headers = [("last-event-id", "7")];
    let seen = browser.send(Method::GET, "/orders/06BT-DW1W/events", &headers, String::new()).await;
    assert_eq!((seen.status, seen.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert!(!seen.headers.contains_key("content-type"));
}

#[tokio::test]
async fn address_that_is_not_kept_is_said() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let mut form = filled(&browser.get("/checkout").await);
    form.push(("save_address".to_owned(), "yes".to_owned()));
    // The address book of this customer is full.
    let placed = send(&mut browser, &form).await;
    let order = browser.get(placed.location()).await;
    assert!(order.text.contains("The address is not in your address book"), "{}", order.text);
}
