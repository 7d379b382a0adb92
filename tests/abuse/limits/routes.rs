//! Every route is limited, and its API document says how.

use std::collections::BTreeMap;

use estore_testbed::ServiceName::{self, Inventory, Payment, User, Verification};
use estore_tests::access;

use super::super::document::{document, operations};

/// Routes without a limit: they cost nothing and read no store at each request.
const FREE: [&str; 5] = ["/", "/health", "/ready", "/openapi.json", "/docs"];

#[tokio::test]
async fn every_public_route_documents_its_limit() {
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
    // Routes that are guessed at or expensive have a class of their own.
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
