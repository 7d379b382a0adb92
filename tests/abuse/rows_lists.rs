//! Lists, searches and paths that contain commands of other languages.

use estore_testbed::ServiceName::{self, Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, Customer, access, unique};
use reqwest::Method;
use serde_json::json;

const LISTS: [(ServiceName, &str); 7] = [
    (User, "/users"),
    (Verification, "/verifications"),
    (Inventory, "/products"),
    (Payment, "/orders"),
    (Payment, "/payment-methods"),
    (Payment, "/transactions"),
    (Payment, "/refunds/failed"),
];

/// Texts that would be SQL, Lua, a Redis or shell command, or a path.
const PAYLOADS: [&str; 12] = [
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    "\\'; SELECT pg_sleep(10); --",
    "$1",
    "%27%20OR%201=1",
    "return redis.call('FLUSHALL')",
    "\r\nFLUSHALL\r\n",
    "*1\r\n$8\r\nFLUSHALL\r\n",
    "{inv}:p:*",
    "$(id)",
    "../../etc/passwd",
    "${jndi:ldap://x}",
];
/// Email programs would make links of these, so no name contains them.
const LINKS: [&str; 2] = ["return redis.call('FLUSHALL')", "${jndi:ldap://x}"];

#[tokio::test]
async fn page_size_and_cursor_are_validated() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for (service, path) in LISTS {
        let ask = async |name: &str, value: &str| {
            Answer::of(admin.request(Method::GET, service, path).query(&[(name, value)])).await
        };
        for limit in ["0", "-1", "101", "1000000000", "1e2", "9999999999999999999", "x", "", "1.0", "0x10"] {
            let refused = ask("limit", limit).await.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, "limit", "{path} {limit:?}");
        }
        // Base64 of other JSON types, of no JSON, and a valid shape with a foreign value.
        for cursor in ["", "!", "Ing", "WyJ4Il0", "e30", "bnVsbA", "MQ==", "\u{0}", &"A".repeat(4000)] {
            let refused = ask("cursor", cursor).await.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, "cursor", "{path} {cursor:?}");
        }
        for (name, value) in [("offset", "1000000000"), ("page", "2"), ("limit[]", "5")] {
            let refused = ask(name, value).await.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, name, "{path}");
        }
        let _most = ask("limit", "100").await.expect(200);
    }
}

#[tokio::test]
async fn cursor_of_another_list_is_refused() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let first = admin.get(Inventory, "/products?limit=1&sort=price").await.expect(200).value();
    let cursor = first["next_cursor"].as_str().unwrap();
    for path in ["/products?sort=-price&", "/products?sort=name&", "/products?q=mug&"] {
        let _other =
            admin.get(Inventory, &format!("{path}cursor={cursor}")).await.refused(422, "validation_error");
    }
    let _same = admin.get(Inventory, &format!("/products?sort=price&cursor={cursor}")).await.expect(200);
    for (service, path) in [(User, "/users"), (Payment, "/orders"), (Payment, "/transactions")] {
        let _other =
            admin.get(service, &format!("{path}?cursor={cursor}")).await.refused(422, "validation_error");
    }
}

#[tokio::test]
async fn command_is_treated_as_plain_text() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    for payload in PAYLOADS {
        for (service, path) in LISTS {
            for name in [
                "q", "email", "sort", "category", "tag", "status", "cursor", "user_id", "role", "purpose",
                payload,
            ] {
                let answer =
                    Answer::of(admin.request(Method::GET, service, path).query(&[(name, payload)])).await;
                assert!(matches!(answer.status, 200 | 422), "{path}?{name}={payload}: {}", answer.text);
            }
        }
        for (service, path) in [
            (User, "/users/"),
            (Verification, "/verifications/"),
            (Inventory, "/products/"),
            (Inventory, "/images/"),
            (Payment, "/orders/"),
        ] {
            let mut url = reqwest::Url::parse(&access.url(service, path)).unwrap();
            url.path_segments_mut().unwrap().pop().push(payload);
            let answer = Answer::of(access.http.get(url).bearer_auth(&admin.access_token)).await;
            assert_eq!(answer.status, 404, "{path}{payload}: {}", answer.text);
        }
        // A field for any text returns it unchanged.
        let text = payload.replace(['\r', '\n'], " ");
        let text = text.trim();
        let patch = customer.request(Method::PATCH, User, "/me").json(&json!({"name": text}));
        let patched = Answer::of(patch).await;
        if LINKS.contains(&payload) {
            let _refused = patched.refused(422, "validation_error");
        } else {
            assert_eq!(patched.expect(200).value()["name"], text);
        }
        let login = json!({"email": payload, "password": payload});
        let refused = access.post("/login", &login).await;
        let _refused = refused.refused(422, "validation_error");
    }
    let sku = format!("T-{}", &unique()[..12]);
    let description = PAYLOADS.join("\n");
    let product = json!({"sku": sku, "name": PAYLOADS[0], "description": description, "category": "desk",
        "price": {"amount": 1, "currency": "USD"}, "attributes": {PAYLOADS[5]: PAYLOADS[1]}});
    let _created = admin.post(Inventory, "/products", &product).await.expect(201);
    let read = customer.get(Inventory, &format!("/products/{sku}")).await.expect(200).value();
    assert_eq!((&read["name"], &read["description"]), (&json!(PAYLOADS[0]), &json!(description)));
    assert_eq!(read["attributes"], product["attributes"]);
}
