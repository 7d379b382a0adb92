//! Lists that are asked for too much, from places that are none, or by what is not data.

use estore_stage::ServiceName;
use estore_tests::{Access, Answer, Customer, access};
use reqwest::Method;

use super::document::{document, filled, operations};

/// Every route that takes a parameter of this name in its query.
async fn routes_with(access: &Access, parameter: &str) -> Vec<(ServiceName, String)> {
    let mut found = Vec::new();
    for service in ServiceName::ALL {
        for (path, methods) in operations(&document(access, service).await) {
            let Some(get) = methods.get("get") else { continue };
            let parameters = get["parameters"].as_array().cloned().unwrap_or_default();
            if parameters.iter().any(|p| p["in"] == "query" && p["name"] == parameter) {
                found.push((service, filled(&path)));
            }
        }
    }
    found
}

async fn ask(admin: &Customer, service: ServiceName, path: &str, query: &[(&str, &str)]) -> Answer {
    Answer::of(admin.request(Method::GET, service, path).query(query)).await
}

#[tokio::test]
async fn no_list_gives_a_page_that_is_none_or_too_long() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let lists = routes_with(&access, "limit").await;
    assert!(lists.len() >= 7, "{lists:?}");
    for (service, path) in lists {
        for limit in
            ["0", "-1", "101", "1000000000", "99999999999999999999", "1.5", "x", "", "1e2", "0x10", "١"]
        {
            let refused =
                ask(&admin, service, &path, &[("limit", limit)]).await.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, "limit", "{service} {path}?limit={limit}");
        }
        let _good = ask(&admin, service, &path, &[("limit", "100")]).await.expect(200);
    }
}

#[tokio::test]
async fn no_list_goes_on_from_a_forged_place() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for (service, path) in routes_with(&access, "cursor").await {
        for cursor in
            ["", "x", "e30", "bnVsbA", "WzEsMl0", "..", "' OR 1=1 --", "AAAA", "%00", "W10", "eyJhIjoxfQ"]
        {
            let answer = ask(&admin, service, &path, &[("cursor", cursor)]).await;
            let refused = answer.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, "cursor", "{service} {path}?cursor={cursor}");
        }
    }
}

#[tokio::test]
async fn a_parameter_that_is_unknown_or_sent_twice_is_refused() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for (service, path) in routes_with(&access, "limit").await {
        for query in [[("limit", "1"), ("limit", "2")], [("limit", "1"), ("offset", "100000000")]] {
            let _refused = ask(&admin, service, &path, &query).await.refused(422, "validation_error");
        }
    }
}

#[tokio::test]
async fn what_looks_like_code_is_looked_for_and_not_run() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let hostile = [
        "' OR '1'='1",
        "'; DROP TABLE users; --",
        "\") return redis.call('FLUSHALL') --",
        "*) | FT.SEARCH",
        "\r\nFLUSHALL\r\n",
        "{{7*7}}",
        "${jndi:ldap://localhost/x}",
        "../../etc/passwd",
        "\u{0}",
        "%' AND SLEEP(5) --",
        "\u{202e}gpj",
    ];
    for (service, path, parameter) in [
        (ServiceName::Inventory, "/products", "q"),
        (ServiceName::Inventory, "/products", "tag"),
        (ServiceName::Inventory, "/products", "category"),
        (ServiceName::Inventory, "/products", "sort"),
        (ServiceName::Inventory, "/products", "min_price"),
        (ServiceName::User, "/users", "email"),
        (ServiceName::User, "/users", "role"),
        (ServiceName::Verification, "/verifications", "email"),
        (ServiceName::Verification, "/verifications", "status"),
        (ServiceName::Payment, "/orders", "status"),
        (ServiceName::Payment, "/orders", "user_id"),
    ] {
        for text in hostile {
            let answer = ask(&admin, service, path, &[(parameter, text)]).await;
            assert!(
                matches!(answer.status, 200 | 404 | 422),
                "{service} {path}?{parameter}={text}: {} {}",
                answer.status,
                answer.text
            );
            // A search without a word is none.
            if answer.status == 200 && text.contains(char::is_alphanumeric) {
                assert_eq!(answer.value()["items"].as_array().map(Vec::len), Some(0), "{parameter}={text}");
            }
        }
    }
    // All of it is still there.
    let _whole = admin.get(ServiceName::User, "/me").await.expect(200);
    let _whole = admin.get(ServiceName::Inventory, "/products/MUG-ENAMEL-01").await.expect(200);
}
