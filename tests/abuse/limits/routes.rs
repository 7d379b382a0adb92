//! Every route is limited, and its document says how.

use std::collections::BTreeMap;

use estore_stage::ServiceName::{self, Inventory, Payment, User, Verification};
use estore_tests::access;

use super::super::document::{document, operations};

/// What everybody may ask as often as they like: it costs nothing and reads no store at each request.
const FREE: [&str; 4] = ["/health", "/ready", "/openapi.json", "/docs"];

#[tokio::test]
async fn every_public_route_has_a_class_and_tells_of_the_refusal() {
    let access = access();
    let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for service in ServiceName::ALL {
        for (path, operations) in operations(&document(&access, service).await) {
            for (method, operation) in operations {
                let name = format!("{service} {method} {path}");
                let class = operation.get("x-rate-limit-class").and_then(|class| class.as_str());
                if FREE.contains(&path.as_str()) {
                    assert_eq!(class, None, "{name}");
                    continue;
                }
                let class = class.unwrap_or_else(|| panic!("{name} is not limited"));
                classes.entry(class.to_owned()).or_default().push(name.clone());
                let refusal = &operation["responses"]["429"];
                for header in ["Retry-After", "RateLimit", "RateLimit-Policy"] {
                    assert!(refusal["headers"].get(header).is_some(), "{name}: {header}");
                }
                assert!(refusal["content"].get("application/json").is_some(), "{name}");
                assert!(operation["responses"].get("503").is_some(), "{name}");
            }
        }
    }
    // What is guessed or costs most is in no class for everything.
    let is = |class: &str, service: ServiceName, route: &str| {
        let name = format!("{service} {route}");
        assert!(classes[class].contains(&name), "{name} is not among {class}: {classes:?}");
    };
    is("login", User, "post /login");
    is("register", User, "post /register");
    is("codes", User, "post /verify-email");
    is("codes", Verification, "post /verify");
    is("codes", Verification, "get /verify");
    is("mails", User, "post /verify-email/resend");
    is("refresh", User, "post /token/refresh");
    is("orders", Payment, "post /orders");
    is("cards", Payment, "post /payment-methods");
    is("reads", Inventory, "get /products");
    for (class, routes) in &classes {
        let reads_only = routes.iter().all(|route| route.contains(" get "));
        assert_eq!(class == "reads", reads_only, "{class}: {routes:?}");
    }
}
