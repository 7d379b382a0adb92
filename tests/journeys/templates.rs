//! Email templates: each must suit its purpose, and none can keep an email from being sent.

use std::time::Duration;

use estore_testbed::{ServiceName::Verification, Shop};
use estore_tests::{Access, Answer, Customer, PASSWORD, access, directory, fresh, is_given, unique};
use reqwest::Method;
use serde_json::{Value, json};

const LINK: &str = "<a href=\"{{ link }}\">here</a>";

/// Returns the error fields of a template, the same from both routes, and none if it is valid. Does
/// not store a valid template.
async fn refused(admin: &Customer, purpose: &str, body: &Value) -> Vec<String> {
    let preview = admin.post(Verification, &format!("/templates/{purpose}/preview"), body).await;
    if preview.status == 200 {
        return Vec::new();
    }
    let path = format!("/templates/{purpose}");
    let put = Answer::of(admin.request(Method::PUT, Verification, &path).json(body)).await;
    let (preview, put) = (preview.refused(422, "validation_error"), put.refused(422, "validation_error"));
    assert_eq!(preview.details, put.details);
    put.details.into_iter().map(|detail| detail.field).collect()
}

#[tokio::test]
async fn template_is_held_to_its_purpose() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for (purpose, subject, text, html, expected) in [
        ("email", "s", "order {{ order_id }} {{ link }}", LINK, &["text"][..]),
        ("email", "s", "{% if name == 'x' %}{{ total }}{% endif %}{{ link }}", LINK, &["text"]),
        ("password_reset", "s", "no link", "<p>none</p>", &["text", "html"]),
        ("password_reset", "{{ '' }}", "{{ link }}", LINK, &["subject"]),
        ("password_reset", "s", "{{ link }}", "<!-- {{ link }} --><p>x</p>", &["html"]),
        ("security_notice", "s", "changed", "<p>{{ notice }}</p>", &["text"]),
        (
            "order_refunded",
            "{{ order_id }}",
            "{{ total }}{% for item in items %}{% endfor %}",
            "{{ total }}",
            &["text"],
        ),
        (
            "order_confirmed",
            "{{ order_id }}",
            "{{ total }}{% for i in items %}{% if i.quantity > 9999 %}{{ i.sku }}{% endif %}{% endfor %}",
            "{{ total }}",
            &["text"],
        ),
        ("order_confirmed", "{{ order_id }}", "{{ total }} {{ items[0].name }}", "{{ total }}", &["text"]),
        ("order_confirmed", "thanks", "thanks", "<p>thanks</p>", &["text", "html", "text", "html"]),
        ("order_confirmed", "{{ order_id }}", "{{ total }}", "{{ total }}", &[]),
    ] {
        let body = json!({"subject": subject, "text": text, "html": html});
        assert_eq!(refused(&admin, purpose, &body).await, expected, "{purpose}: {body}");
    }
}

#[tokio::test]
async fn built_in_templates_pass_their_check() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let all = admin.get(Verification, "/templates").await.expect(200).value();
    for template in all["items"].as_array().unwrap() {
        let part = |name: &str| template[name].clone();
        let body = json!({"locale": part("locale"), "subject": part("subject"), "text": part("text"), "html": part("html")});
        let path = format!("/templates/{}/preview", template["name"].as_str().unwrap());
        let preview = admin.post(Verification, &path, &body).await.expect(200).value();
        if template["locale"] == "en" {
            assert!(!preview["text"].as_str().unwrap().contains("e-mail"), "{preview}");
        }
        if template["name"] == "order_confirmed" {
            let amount = if template["locale"] == "de" { "1.234,50 USD" } else { "1,234.50 USD" };
            assert!(preview["text"].as_str().unwrap().contains(amount), "{preview}");
        }
    }
}

#[tokio::test]
async fn broken_stored_template_stops_no_email() {
    if is_given() {
        return;
    }
    let mut shop = Shop::start(fresh(directory("templates"), &[])).await.unwrap();
    let access = Access::to(&shop);
    // Stored as older versions accepted them.
    for (version, text) in
        [(12, "Welcome back: {{ link }}"), (13, "order {{ order_id }} {{ link }}"), (14, "no link")]
    {
        let row = format!(
            "INSERT INTO templates (name, locale, version, subject, text, html) VALUES ('email', 'en', {version}, 's', '{text}', '<p>{{{{ link }}}}</p>')"
        );
        let _written = shop.postgres.sql("verificationdb", &row).unwrap();
    }
    let row = "INSERT INTO templates (name, locale, version, subject, text, html) VALUES ('email', 'de', 12, '{{ \"\" }}', 'x', 'x')";
    let _written = shop.postgres.sql("verificationdb", row).unwrap();
    for (locale, expected) in [("en", "Welcome back: http"), ("de", "Willkommen!")] {
        let email = format!("{}@example.com", unique());
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada", "locale": locale});
        let _accepted = access.post("/register", &body).await.expect(202);
        let mails = shop.mailbox.wait_for(&email, 1, Duration::from_secs(20)).await.unwrap();
        assert!(mails[0].text.contains(expected), "{}", mails[0].text);
    }
    shop.stop().await.unwrap();
}
