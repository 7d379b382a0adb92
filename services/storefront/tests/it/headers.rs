//! The headers of pages and assets.

use std::io::Read;

use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;

use crate::stage::{Browser, Stage};

#[tokio::test]
async fn every_page_has_a_strict_policy() {
    let stage = Stage::new().await;
    for path in ["/", "/login", "/nowhere", "/suggest?q=mug"] {
        let seen = stage.browser().get(path).await;
        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(seen.headers["x-frame-options"], "DENY");
        assert!(seen.headers.contains_key("strict-transport-security"));
        for inline in [" style=", "<style", " onclick=", "<script>", "http://", "//cdn"] {
            assert!(!seen.text.contains(inline), "{path} has {inline}");
        }
    }
}

#[tokio::test]
async fn assets_are_compressed_and_immutable() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let page = browser.get("/").await.text;
    let (_, rest) = page.split_once("<link rel=\"stylesheet\" href=\"").unwrap();
    let path = rest.split('"').next().unwrap();
    let seen = browser.send(Method::GET, path, &[("accept-encoding", "gzip, br")], String::new()).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.headers["content-encoding"], "br");
    assert_eq!(seen.headers["cache-control"], "public, max-age=31536000, immutable");
    assert!(!browser.get(path).await.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn asset_of_another_release_is_not_kept() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    for (path, kind) in [
        ("/assets/shop-000000000000.css", "text/css; charset=utf-8"),
        ("/assets/shop-000000000000.js", "text/javascript; charset=utf-8"),
    ] {
        let seen = browser.get(path).await;
        assert_eq!((seen.status, seen.headers["content-type"].to_str().unwrap()), (StatusCode::OK, kind));
        assert_eq!(seen.headers["cache-control"], "no-store");
    }
    for unknown in ["shop.css", "shop-000000000000.svg", "none-000000000000.css", "..%2Fshop-0.css", "-.css"]
    {
        let seen = browser.get(&format!("/assets/{unknown}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{unknown}");
        assert_eq!(seen.headers["cache-control"], "no-store", "{unknown}");
    }
}

#[tokio::test]
async fn pages_of_strangers_alone_are_compressed() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let get = async |browser: &mut Browser, coding: &str| {
        browser.send(Method::GET, "/products/MUG-01", &[("accept-encoding", coding)], String::new()).await
    };
    let plain = get(&mut browser, "identity").await;
    assert!(!plain.headers.contains_key("content-encoding") && plain.text.contains("<h1>Enamel"));
    let short = get(&mut browser, "gzip, br").await;
    assert_eq!(short.headers["content-encoding"], "gzip");
    assert_eq!(short.headers["content-type"], "text/html; charset=utf-8");
    assert!(short.headers["vary"].to_str().unwrap().contains("accept-encoding"));
    assert!(short.body.len() * 2 < plain.body.len(), "{} bytes", short.body.len());
    let mut text = String::new();
    GzDecoder::new(short.body.as_ref()).read_to_string(&mut text).unwrap();
    assert!(text.contains("<h1>Enamel") && text.trim_end().ends_with("</html>"), "{text}");
    // A customer's page has personal data, whose letters its length would tell.
    browser.login().await;
    assert!(!get(&mut browser, "gzip, br").await.headers.contains_key("content-encoding"));
}
