//! Rate limiting fails closed: if a limiter does not work, the service admits no request.

use estore_contract::payment::Order;
use estore_testbed::ServiceName::{Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, CARD, Customer, Method, PASSWORD, access};
use serde_json::json;

use super::start;

async fn login(access: &Access, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    access.post("/login", &body).await
}

#[tokio::test]
async fn broken_limiter_admits_nobody() {
    let (shop, access) = start("closed", 1, &[("ANONYMOUS_BROWSE", "true")]).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let _in = login(&access, &customer.email, PASSWORD).await.expect(200);

    // Only the limiters are broken. The stores behind them still work.
    for database in ["userdb", "verificationdb"] {
        shop.postgres.sql(database, "ALTER FUNCTION take_cells RENAME TO nothing").unwrap();
    }
    let password = shop.environment(Payment)["REDIS_PASSWORD"].clone();
    let deleted = shop.redis.ask("operator", &password, &["FUNCTION", "DELETE", "lim1"]).unwrap();
    assert_eq!(deleted, "OK");

    let _out = login(&access, &customer.email, PASSWORD).await.refused(503, "unavailable");
    let post = |service, path: &str, body| access.http.post(access.url(service, path)).json(&body);
    let closed = [
        post(User, "/verify-email", json!({"token": "x".repeat(43)})),
        post(User, "/verify-email/resend", json!({"email": customer.email})),
        post(User, "/token/refresh", json!({"refresh_token": customer.refresh_token})),
        post(User, "/register", json!({"email": "new@example.com", "password": PASSWORD, "name": "New"})),
        post(Verification, "/verify", json!({"token": "x".repeat(43)})),
        access.http.get(access.url(Inventory, "/products")),
        customer.request(Method::GET, User, "/me"),
        customer.request(Method::PATCH, User, "/me").json(&json!({"name": "Eve"})),
        customer.request(Method::DELETE, Payment, &format!("/payment-methods/{card}")),
    ];
    for request in closed {
        let answer = Answer::of(request).await;
        assert!(answer.header("retry-after") == "1", "{}", answer.text);
        let _refused = answer.refused(503, "unavailable");
    }
    let _refused = customer.order("one", card, "MUG-ENAMEL-01", 1).await.refused(503, "unavailable");
    let asked = shop.postgres.sql("userdb", "SELECT count(*) FROM outbox").unwrap();
    assert_eq!(asked.trim(), "1", "a mail was asked for");

    for database in ["userdb", "verificationdb"] {
        shop.postgres.sql(database, "ALTER FUNCTION nothing RENAME TO take_cells").unwrap();
    }
    shop.bootstrap().await.unwrap();
    let _in = login(&access, &customer.email, PASSWORD).await.expect(200);
    let _bought = customer.order("one", card, "MUG-ENAMEL-01", 1).await.expect(201);
}

#[tokio::test]
async fn full_memory_still_serves_orders_in_progress() {
    // The limit is so small that the store counts every read.
    let (shop, access) = start("memory", 1, &[("LIMIT_READS_ADDRESS", "10/1per3600")]).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let order: Order = customer.order("one", card, "MUG-ENAMEL-01", 1).await.expect(201).json();
    let password = shop.environment(Payment)["REDIS_PASSWORD"].clone();
    let set =
        |memory| shop.redis.ask("operator", &password, &["CONFIG", "SET", "maxmemory", memory]).unwrap();
    assert_eq!(set("1"), "OK");
    let path = format!("/orders/{}", order.id);
    for left in [9, 8] {
        let answer = customer.get(Payment, &path).await.expect(200);
        assert!(answer.header("ratelimit").contains(&format!("r={left};")), "{}", answer.header("ratelimit"));
    }
    let cancel = customer.request(Method::POST, Payment, &format!("{path}/cancel"));
    let _too_late = Answer::of(cancel).await.refused(409, "order_final");
    let again = customer.order("one", card, "MUG-ENAMEL-01", 1).await;
    assert_eq!(again.status, 503, "what may begin something is refused: {}", again.text);
    assert_eq!(set("0"), "OK");
    let again = customer.order("one", card, "MUG-ENAMEL-01", 1).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn disabled_limits_admit_everyone_without_headers() {
    let access = access();
    for _ in 0..30 {
        let answer = login(&access, "nobody-at-all@example.com", "wrong").await.expect(401);
        assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
    }
}
