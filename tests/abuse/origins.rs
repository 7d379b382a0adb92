//! CORS (Fetch standard), where an origin is allowed.

use estore_stage::ServiceName::Inventory;
use estore_tests::Answer;
use reqwest::Method;

use super::replica::Replica;

const OURS: &str = "https://shop.example";

const FOREIGN: [&str; 10] = [
    "https://evil.example",
    "null",
    "http://shop.example",
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "https://shop.example:8443",
    "https://SHOP.example",
    "https://shop.example/",
    "https://shop.example, https://evil.example",
    "*",
];

async fn ask(replica: &Replica, method: Method, path: &str, origin: &str) -> Answer {
    let request = replica.access.http.request(method, replica.url(path)).header("Origin", origin);
    let preflight =
        [("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "authorization")];
    Answer::of(preflight.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn an_allowed_origin_is_named_and_no_other_is() {
    let replica = Replica::start(Inventory, &[("CORS_ALLOWED_ORIGINS", OURS)]).await;
    for (method, path) in [(Method::GET, "/health"), (Method::GET, "/nope"), (Method::OPTIONS, "/products")] {
        let answer = ask(&replica, method.clone(), path, OURS).await;
        assert_eq!(answer.header("access-control-allow-origin"), OURS, "{method} {path}");
        // Tokens are sent in a header that a page sets by itself: nothing of ours needs cookies.
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{method} {path}");
        assert!(answer.header("vary").to_lowercase().contains("origin"), "{method} {path}");
        for foreign in FOREIGN {
            let answer = ask(&replica, method.clone(), path, foreign).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {path} {foreign}");
        }
    }
    let preflight = ask(&replica, Method::OPTIONS, "/products", OURS).await.expect(200);
    assert!(preflight.header("access-control-allow-methods").contains("DELETE"));
    assert_eq!(preflight.header("x-content-type-options"), "nosniff");
}
