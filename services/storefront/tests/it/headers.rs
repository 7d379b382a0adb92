//! The headers of pages and assets.

use axum::http::{Method, StatusCode};

use crate::stage::Stage;

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
    assert_eq!(browser.get("/assets/shop-000000000000.css").await.status, StatusCode::NOT_FOUND);
}
