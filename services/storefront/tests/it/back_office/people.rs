//! Customers and emails.

use axum::http::StatusCode;
use serde_json::json;

use super::fake::{ID, Office};

fn page() -> String {
    format!("/admin/customers/{ID}")
}

#[tokio::test]
async fn account_is_disabled_by_its_own_form() {
    let mut office = Office::new().await;
    let seen = office.submit(&page(), &page(), &[("status", "disabled")]).await;
    assert_eq!(seen.location(), page());
    office.submit(&page(), &page(), &[("role", "admin")]).await;
    let asked: Vec<_> = office.shop.changes().into_iter().map(|asked| asked.body).collect();
    assert_eq!(asked, [json!({"status": "disabled"}), json!({"role": "admin"})]);
    let seen = office.submit(&page(), &page(), &[("role", "owner")]).await;
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn admin_who_disables_themselves_learns_why_not() {
    let mut office = Office::new().await;
    let call = format!("PATCH /users/{ID}");
    office.shop.refuses.lock().unwrap().insert(call, (409, "last_admin"));
    office.browser.language = "de";
    let seen = office.submit(&page(), &page(), &[("status", "disabled")]).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("Niemand kann sich selbst sperren"));
}

#[tokio::test]
async fn preview_of_a_template_cannot_run_anything() {
    let mut office = Office::new().await;
    let edit = "/admin/templates/email/en";
    let frame = format!("{edit}/preview");
    let stored = office.get(&frame).await;
    assert!(stored.text.contains("<p>LINK</p>"));
    let fields = [("subject", "<i>"), ("text", "<i>"), ("html", "<b>{{ link }}</b>")];
    let sent = office.submit(edit, &frame, &fields).await;
    assert!(sent.text.contains("<b>LINK</b>") && !sent.text.contains("<i>"), "{}", sent.text);
    for seen in [stored, sent] {
        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox;"), "{policy}");
        assert_eq!(seen.headers["x-frame-options"], "SAMEORIGIN");
    }
    let page = office.get(edit).await;
    assert!(page.headers["content-security-policy"].to_str().unwrap().ends_with("frame-src 'self'"));
    assert_eq!(office.shop.changes(), []);
}

#[tokio::test]
async fn template_is_saved_and_tested() {
    let mut office = Office::new().await;
    let edit = "/admin/templates/email/en";
    let fields =
        [("version", "4"), ("subject", "Verify"), ("text", "a\r\n{{ link }}"), ("html", "<p>{{ link }}</p>")];
    let seen = office.submit(edit, edit, &fields).await;
    assert_eq!(seen.location(), edit);
    office.submit(edit, &format!("{edit}/test"), &[]).await;
    let asked = office.shop.changes();
    assert_eq!(asked[0].body["text"], "a\n{{ link }}");
    assert_eq!(
        (asked[1].call.as_str(), &asked[1].body),
        ("POST /templates/email/test", &json!({"locale": "en"}))
    );
    assert_eq!(office.get("/admin/templates/email/de").await.status, StatusCode::NOT_FOUND);
}
