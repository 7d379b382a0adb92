//! The API documents against the routers: every route is described, and every description is true.

use std::collections::{BTreeMap, BTreeSet};

use estore_testbed::ServiceName;
use estore_tests::{Access, Answer, access};
use reqwest::Method;
use serde_json::{Value, json};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Fetches the public API document of a service.
pub(super) async fn document(access: &Access, service: ServiceName) -> Value {
    Answer::of(access.http.get(access.url(service, "/openapi.json"))).await.expect(200).value()
}

/// Fills in the parameters of a path.
pub(super) fn filled(path: &str) -> String {
    let id = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";
    path.replace("{id}", id)
        .replace("{sku}", "MUG-ENAMEL-01")
        .replace("{slug}", "desk")
        .replace("/images/{name}", "/images/x.svg")
        .replace("{name}", "email")
}

/// Returns each path with its operations by method.
pub(super) fn operations(document: &Value) -> BTreeMap<String, BTreeMap<String, Value>> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |item: &Value| {
        METHODS.iter().filter_map(|method| Some(((*method).to_owned(), item.get(*method)?.clone()))).collect()
    };
    paths.iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

#[tokio::test]
async fn path_takes_only_the_documented_methods() {
    let access = access();
    for service in ServiceName::ALL {
        for (path, operations) in operations(&document(&access, service).await) {
            let mut expected: BTreeSet<String> =
                operations.keys().map(|method| method.to_uppercase()).collect();
            if expected.contains("GET") {
                expected.insert("HEAD".to_owned());
            }
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW"] {
                let request = access.http.request(
                    Method::from_bytes(method.as_bytes()).unwrap(),
                    access.url(service, &filled(&path)),
                );
                let answer = Answer::of(request).await;
                if expected.contains(method) {
                    assert_ne!(answer.status, 405, "{service} {method} {path}");
                    continue;
                }
                let allow: BTreeSet<String> =
                    answer.header("allow").split(',').map(|method| method.trim().to_owned()).collect();
                assert_eq!(allow, expected, "{service} {method} {path}");
                let _refused = answer.refused(405, "method_not_allowed");
            }
        }
    }
}

#[tokio::test]
async fn guarded_operations_alone_require_a_token() {
    let access = access();
    for service in ServiceName::ALL {
        for (path, operations) in operations(&document(&access, service).await) {
            for (method, operation) in operations {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let guarded = operation.get("security").is_some();
                let bare =
                    Answer::of(access.http.request(method.clone(), access.url(service, &filled(&path))))
                        .await;
                assert_eq!(bare.status == 401, guarded, "{service} {method} {path}: {}", bare.text);
                if guarded {
                    assert_eq!(bare.header("www-authenticate"), "Bearer");
                    assert_eq!(bare.value()["code"], "missing_token");
                    let forged = access
                        .http
                        .request(method.clone(), access.url(service, &filled(&path)))
                        .bearer_auth("eyJhbGciOiJub25lIn0.e30.");
                    let _refused = Answer::of(forged).await.refused(401, "invalid_token");
                    let basic = access
                        .http
                        .request(method, access.url(service, &filled(&path)))
                        .basic_auth("admin", Some("x"));
                    let _refused = Answer::of(basic).await.refused(401, "missing_token");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_operation_is_fully_described() {
    let access = access();
    for service in ServiceName::ALL {
        let document = document(&access, service).await;
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        // Relative to the document, which the storefront also serves below `/api/`.
        assert_eq!(document["servers"], json!([{"url": "."}]), "{service}");
        for (path, operations) in operations(&document) {
            for (method, operation) in operations {
                let name = format!("{service} {method} {path}");
                assert!(
                    operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
                    "{name} has no summary"
                );
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.keys().any(|status| status.starts_with('2')), "{name} never succeeds");
                let has = |status: &str| responses.contains_key(status);
                assert!(operation.get("security").is_none() || has("401"), "{name}: 401");
                let json = operation["requestBody"]["content"].get("application/json").is_some();
                assert!(
                    !json || (has("400") && has("413") && has("415") && has("422")),
                    "{name}: refusals of a body"
                );
            }
        }
    }
}

#[tokio::test]
async fn documentation_page_loads_nothing_from_other_sites() {
    let access = access();
    for service in ServiceName::ALL {
        let page = Answer::of(access.http.get(access.url(service, "/docs"))).await.expect(200);
        assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{service}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        let links = page.text.split('"').filter(|part| part.starts_with("docs/"));
        let files: Vec<&str> = links.collect();
        assert_eq!(files.len(), 3, "{service}: {files:?}");
        for file in files {
            let answer = access.http.get(access.url(service, &format!("/{file}"))).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{service} {file}");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{service} {file}");
        }
        let answer = Answer::of(access.http.get(access.url(service, "/docs/index.html"))).await;
        assert_eq!(answer.status, 404, "{service}: no other file of Swagger UI");
    }
}
