//! Settings from the caller's environment.

use estore_tests::Answer;

use super::up::{Up, fresh};

async fn ask(url: &str, origin: &str) -> Answer {
    Answer::of(estore_tests::access().http.get(url).header("Origin", origin)).await
}

#[tokio::test]
async fn settings_of_the_caller_reach_their_services() {
    let directory = fresh("settings");
    let own =
        [("ANONYMOUS_BROWSE", "true"), ("LIMIT_READS_ADDRESS", "777/100per1"), ("DATABASE_URL", "elsewhere")];
    let up = Up::started(&directory, &own);
    assert!(
        up.said.contains("not used here: DATABASE_URL (./dev up has a Postgres of its own)"),
        "{}",
        up.said
    );
    let products = format!("{}/products", up.url("Inventory"));
    let page = ask(&products, "http://localhost:5173").await.expect(200);
    assert!(page.header("ratelimit-policy").contains("q=777"), "{}", page.header("ratelimit-policy"));
    assert_eq!(page.header("access-control-allow-origin"), "http://localhost:5173");
    assert_eq!(ask(&products, "https://evil.example").await.header("access-control-allow-origin"), "");
    up.stop();
    // An empty setting allows no origin, and the service itself reports a wrong one.
    let up = Up::started(&directory, &[("CORS_ALLOWED_ORIGINS", "")]);
    let products = format!("{}/products", up.url("Inventory"));
    assert_eq!(
        ask(&products, "http://localhost:5173").await.expect(200).header("access-control-allow-origin"),
        ""
    );
    up.stop();
    let said = Up::begin(&directory, &["--free-ports"], &[("HOLD_SECONDS", "soon")]).failed();
    assert!(said.contains("HOLD_SECONDS is wrong") || said.contains("HOLD_SECONDS is not"), "{said}");
}
