//! Invalid request bodies for every operation that takes one, generated from the API documents.

use estore_testbed::ServiceName;
use estore_tests::{Answer, Customer, access};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::document::{document, filled, operations};

struct Case {
    name: String,
    service: ServiceName,
    method: Method,
    path: String,
    /// The schema of the body, with its reference resolved.
    schema: Value,
    example: Option<Value>,
    /// True if the operation also takes forms, which HTML pages send.
    takes_forms: bool,
}

impl Case {
    fn request(&self, admin: &Customer) -> RequestBuilder {
        admin
            .request(self.method.clone(), self.service, &self.path)
            .header("Idempotency-Key", "bodies")
            .header("If-Match", "*")
    }

    async fn send(&self, admin: &Customer, body: &Value) -> Answer {
        Answer::of(self.request(admin).json(body)).await
    }
}

async fn cases() -> (Customer, Vec<Case>) {
    let access = access();
    let mut cases = Vec::new();
    for service in ServiceName::ALL {
        let document = document(&access, service).await;
        for (path, operations) in operations(&document) {
            for (method, operation) in operations {
                let content = &operation["requestBody"]["content"];
                let Some(media) = content.get("application/json") else { continue };
                let name = media["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap();
                let schema = document["components"]["schemas"][name].clone();
                cases.push(Case {
                    name: format!("{method} {path}"),
                    service,
                    method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                    path: filled(&path),
                    example: schema.get("example").cloned(),
                    takes_forms: content.get("application/x-www-form-urlencoded").is_some(),
                    schema,
                });
            }
        }
    }
    assert!(cases.len() >= 15, "{}", cases.len());
    (Customer::admin(&access).await, cases)
}

#[tokio::test]
async fn body_of_wrong_format_or_size_is_refused() {
    let (admin, cases) = cases().await;
    for case in &cases {
        let typed = |kind: &'static str, body: Vec<u8>| {
            Answer::of(case.request(&admin).header("Content-Type", kind).body(body))
        };
        for malformed in [&b""[..], b"{", b"{]}", b"{\"a\": NaN}", b"\xff\xfe", b"{} {}"] {
            let answer = typed("application/json", malformed.to_vec()).await;
            assert_eq!(
                (answer.status, answer.value()["code"].clone()),
                (400, json!("bad_request")),
                "{}: {malformed:?}: {}",
                case.name,
                answer.text
            );
        }
        let mut others = vec!["text/plain", "application/xml", "application/jsonx", "multipart/form-data"];
        if !case.takes_forms {
            others.push("application/x-www-form-urlencoded");
        }
        for other in others {
            let answer = typed(other, b"{}".to_vec()).await;
            assert_eq!(
                (answer.status, answer.value()["code"].clone()),
                (415, json!("unsupported_media_type")),
                "{}: {other}",
                case.name
            );
        }
        let answer = typed("application/json", vec![b' '; 256 * 1024 + 1]).await;
        assert_eq!(
            (answer.status, answer.value()["code"].clone()),
            (413, json!("payload_too_large")),
            "{}",
            case.name
        );
    }
}

#[tokio::test]
async fn every_missing_field_is_named_at_once() {
    let (admin, cases) = cases().await;
    for case in cases {
        let required: Vec<&str> =
            case.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if required.is_empty() {
            continue;
        }
        let refused = case.send(&admin, &json!({})).await.refused(422, "validation_error");
        for field in required {
            let named =
                refused.details.iter().any(|detail| detail.field == field && detail.message == "is required");
            assert!(named, "{}: {field} in {refused:?}", case.name);
        }
    }
}

#[tokio::test]
async fn unknown_field_and_wrong_type_are_named() {
    let (admin, cases) = cases().await;
    for case in cases {
        let fields: Vec<String> = case.schema["properties"].as_object().unwrap().keys().cloned().collect();
        let base = case.example.clone().unwrap_or_else(|| json!({}));
        let mut unknown = base.clone();
        unknown["surprise"] = json!(1);
        let refused = case.send(&admin, &unknown).await.refused(422, "validation_error");
        assert!(
            refused.details.iter().any(|detail| detail.field == "surprise"),
            "{}: {refused:?}",
            case.name
        );
        for field in fields {
            let mut wrong = base.clone();
            wrong[&field] = json!([[["never"]]]);
            let refused = case.send(&admin, &wrong).await.refused(422, "validation_error");
            assert!(
                refused.details.iter().any(|detail| detail.field.starts_with(&field)),
                "{}: {field} in {refused:?}",
                case.name
            );
        }
        for other in [json!([]), json!("x"), json!(null), json!(1)] {
            let _refused = case.send(&admin, &other).await.refused(422, "validation_error");
        }
    }
}

#[tokio::test]
async fn numbers_that_are_no_quantities_are_refused() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for quantity in [
        "0",
        "-1",
        "1.5",
        "1e309",
        "9223372036854775808",
        "\"1\"",
        "null",
        "1000",
        "1e3",
        "1000000000",
        "true",
    ] {
        let body = format!(
            r#"{{"items": [{{"sku": "MUG-ENAMEL-01", "quantity": {quantity}}}], "payment_method_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01"}}"#
        );
        let request = admin
            .request(Method::POST, ServiceName::Payment, "/orders")
            .header("Idempotency-Key", "q")
            .header("Content-Type", "application/json");
        let refused = Answer::of(request.body(body)).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "items[0].quantity", "{quantity}: {refused:?}");
    }
    let lines: Vec<Value> = (0..101).map(|n| json!({"sku": format!("S{n}"), "quantity": 1})).collect();
    let body = json!({"items": lines, "payment_method_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01"});
    let _refused = Answer::of(admin.order_request("lines", &body)).await.refused(422, "validation_error");
}
