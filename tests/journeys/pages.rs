//! Pages behind links for people, in success and failure, and the answers that programs get there.

use estore_testbed::{
    Limits, Options,
    ServiceName::{User, Verification},
    Shop,
};
use estore_tests::{Access, Answer, Customer, PASSWORD, access, directory, fresh, is_given, unique};
use reqwest::RequestBuilder;
use serde_json::json;

/// The `Accept` header of a browser navigation.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn page(request: RequestBuilder, status: u16, says: &str) -> Answer {
    let page = Answer::of(request).await.expect(status);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{}", page.text);
    assert!(page.text.contains(says) && page.text.contains("</html>"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(page.header("cache-control"), "no-store");
    page
}

async fn token(access: &Access) -> String {
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let _accepted = access.post("/register", &body).await.expect(202);
    Customer::mailed_token(Access::mailbox(), &email).await
}

#[tokio::test]
async fn link_with_additions_shows_its_page() {
    let access = access();
    let token = token(&access).await;
    let open = |query: String| access.http.get(access.url(Verification, &format!("/verify{query}")));
    for added in [
        "",
        "&utm_source=mail&utm_medium=email",
        "&fbclid=x",
        "&x=%ff%fe&%zz",
        "&",
        "%20",
        &format!("&token={token}"),
    ] {
        let _page = page(open(format!("?token={token}{added}")), 200, "One more step").await;
    }
    let _first = page(open(format!("?gclid=1&token={token}")), 200, "One more step").await;
    let long = "x".repeat(3_000);
    for query in [
        "",
        "?",
        "?utm_source=mail",
        "?token",
        "?token=",
        "?token=%ff%00",
        &format!("?token={token}&token=x"),
        &format!("?token={long}"),
    ] {
        let _page = page(open(query.to_owned()), 404, "not one of ours").await;
    }
    let head = Answer::of(access.http.head(access.url(Verification, "/verify"))).await.expect(404);
    assert!(head.header("content-type").starts_with("text/html") && head.text.is_empty());
}

#[tokio::test]
async fn refused_form_answers_a_page() {
    let access = access();
    let verify = || access.http.post(access.url(Verification, "/verify"));
    let reset = || access.http.post(access.url(User, "/password/reset"));
    let form = "application/x-www-form-urlencoded";
    for (request, status) in [
        (verify().header("Content-Type", form), 422),
        (verify().header("Content-Type", form).body("token=a&token=b"), 422),
        (
            verify()
                .header("Content-Type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")
                .body("token=a&x=y"),
            422,
        ),
        (verify().header("Content-Type", form).body("x".repeat(300_000)), 413),
        (verify().header("Content-Type", form).header("Content-Encoding", "gzip").body("token=a"), 415),
        (verify().header("Content-Type", "text/plain").header("Accept", BROWSER).body("token=a"), 415),
        (reset().header("Content-Type", form).body("token=a"), 422),
        (reset().header("Content-Type", form).body("x".repeat(300_000)), 413),
    ] {
        let _page = page(request, status, "That did not work").await;
    }
    let german = verify().header("Content-Type", form).header("Accept-Language", "en;q=0.1, de");
    let _page = page(german, 422, "Das hat nicht geklappt").await;
}

#[tokio::test]
async fn browser_near_a_page_sees_one() {
    let access = access();
    let browse = |service, path: &str| access.http.get(access.url(service, path)).header("Accept", BROWSER);
    for (service, path, status, says) in [
        (Verification, "/verfy?token=x", 404, "There is no such page"),
        (Verification, "/favicon.ico", 404, "There is no such page"),
        (User, "/password/reset", 405, "That did not work"),
        (User, "/password", 404, "There is no such page"),
    ] {
        let _page = page(browse(service, path), status, says).await;
    }
    let slash = access.url(Verification, "/verify/?token=x&utm_source=y");
    let _followed = page(access.http.get(&slash), 404, "not one of ours").await;
    let put = access.http.put(access.url(Verification, "/verify")).header("Accept", BROWSER);
    let answer = page(put, 405, "That did not work").await;
    assert!(answer.header("allow").contains("GET"), "{}", answer.header("allow"));
}

#[tokio::test]
async fn programs_keep_json_errors() {
    let access = access();
    let json_body = || access.http.post(access.url(Verification, "/verify"));
    for (request, status, code) in [
        (access.http.get(access.url(Verification, "/nowhere")), 404, "not_found"),
        (access.http.get(access.url(User, "/me")).header("Accept", BROWSER), 401, "missing_token"),
        (access.http.get(access.url(User, "/password/reset")), 405, "method_not_allowed"),
        (json_body().json(&json!({"token": "x"})), 404, "token_unknown"),
        (json_body().json(&json!({})).header("Accept", BROWSER), 422, "validation_error"),
        (json_body().header("Content-Type", "text/plain").body("x"), 415, "unsupported_media_type"),
        (json_body().form(&[("x", "y")]).header("Accept", "application/json"), 422, "validation_error"),
        (
            access
                .http
                .get(access.url(User, "/nowhere"))
                .header("Accept", "application/json, text/html;q=0.5"),
            404,
            "not_found",
        ),
        (
            access.http.get(access.url(User, "/nowhere")).header("Accept", "text/html;q=0, */*"),
            404,
            "not_found",
        ),
    ] {
        let _refused = Answer::of(request).await.refused(status, code);
    }
}

#[tokio::test]
async fn page_follows_the_weights_of_languages() {
    let access = access();
    for (languages, expected) in [
        ("fr-CH, fr;q=0.9, de;q=0.8", "de"),
        ("en;q=0.1, de", "de"),
        ("de;q=0, en", "en"),
        ("DE-at", "de"),
        ("*", "en"),
    ] {
        let url = access.url(Verification, "/verify?token=x");
        let request = access.http.get(url).header("Accept-Language", languages);
        let _page = page(request, 404, &format!("lang=\"{expected}\"")).await;
    }
}

#[tokio::test]
async fn page_of_a_busy_service_says_so() {
    if is_given() {
        return;
    }
    let usual = fresh(directory("pages"), &[("LIMIT_CODES_ADDRESS", "2/1per600")]);
    let mut shop = Shop::start(Options { limits: Limits::On, ..usual }).await.unwrap();
    let access = Access::to(&shop);
    let url = access.url(Verification, "/verify?token=x");
    let _known = page(access.http.get(&url), 404, "not one of ours").await;
    let form = access.http.post(access.url(Verification, "/verify")).form(&[("token", "x")]);
    let _known = page(form, 404, "not one of ours").await;
    let busy = page(access.http.get(&url), 429, "One moment, please").await;
    assert!(!busy.header("retry-after").is_empty() && !busy.header("ratelimit").is_empty());
    let program = access.http.post(access.url(Verification, "/verify")).json(&json!({"token": "x"}));
    let _refused = Answer::of(program).await.refused(429, "rate_limited");

    shop.postgres.kill().await.unwrap();
    let reset = access.http.post(access.url(User, "/password/reset"));
    let away = reset.form(&[("token", "x"), ("new_password", "a good long password")]);
    let away = page(away.header("Accept-Language", "de"), 503, "Einen Moment bitte").await;
    assert!(!away.header("retry-after").is_empty());
    shop.postgres.start_again().await.unwrap();
    shop.stop().await.unwrap();
}
