//! Logging in and out, and the exchange of tokens.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use futures::future::join_all;

use crate::{
    checkout::{hidden, shopper},
    stage::Stage,
};

const SESSION: &str = "__Host-shop-session";

#[tokio::test]
async fn login_leads_back_and_changes_the_cookies() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.get("/login").await;
    let before = browser.cookies.clone();
    let seen = browser.login().await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/basket"));
    assert!(browser.cookies.contains_key(SESSION));
    assert_ne!(browser.cookies["__Host-shop-form"], before["__Host-shop-form"]);
    let page = browser.get("/").await;
    assert!(
        page.text.contains("/account") && !page.text.contains("refresh-0") && !page.text.contains("e30.")
    );
    assert_eq!(page.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn refusal_of_one_visitor_ends_no_session() {
    let stage = Stage::new().await;
    let (mut stranger, mut shopper) = (stage.browser(), stage.browser());
    shopper.login().await;
    stage.services.is_closed.store(true, Ordering::SeqCst);
    let path = "/categories/drinkware";
    let (refused, seen) = tokio::join!(stranger.get(path), shopper.get(path));
    assert_eq!((refused.status, seen.status), (StatusCode::SEE_OTHER, StatusCode::OK));
    assert!(shopper.cookies.contains_key(SESSION));
}

#[tokio::test]
async fn login_never_leads_to_another_site() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    for next in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let fields = [("email", "ada@example.com"), ("password", crate::stage::PASSWORD), ("next", next)];
        let seen = browser.submit("/register", "/login", &fields).await;
        assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/"), "{next}");
        browser.cookies.clear();
    }
}

#[tokio::test]
async fn wrong_password_shows_the_form_again() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let fields = [("email", "ada@example.com"), ("password", "wrong")];
    let seen = browser.submit("/login", "/login", &fields).await;
    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
    assert!(seen.text.contains("password is wrong") && seen.text.contains("value=\"ada@example.com\""));
    assert!(!browser.cookies.contains_key(SESSION));
}

#[tokio::test]
async fn expired_token_is_exchanged_once_for_all_tabs() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    let old = browser.cookies[SESSION].clone();
    let tabs = (0..8).map(|_| {
        let mut tab = browser.clone();
        async move {
            let seen = tab.get("/basket").await;
            (seen.text.contains("/account"), tab.cookies)
        }
    });
    for (is_logged_in, cookies) in join_all(tabs).await {
        assert!(is_logged_in && cookies[SESSION] != old);
    }
    assert_eq!(stage.services.refreshes.load(Ordering::SeqCst), 1);
    // A tab that missed the new cookie goes on as well.
    assert!(browser.get("/basket").await.text.contains("/account"));
    assert_eq!(stage.services.refreshes.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn browser_that_hangs_up_stays_logged_in() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    let asked = async {
        while stage.services.refreshes.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    let mut tab = browser.clone();
    tokio::select! {
        _ = tab.get("/basket") => panic!("the page waits for the exchange"),
        () = asked => {}
    }
    assert!(browser.get("/basket").await.text.contains("/account"));
    assert_eq!(stage.services.refreshes.load(Ordering::SeqCst), 1, "the token is spent once");
}

#[tokio::test]
async fn lost_exchange_is_repeated_without_the_browser() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    let old = browser.cookies[SESSION].clone();
    stage.services.lost_refreshes.store(1, Ordering::SeqCst);
    let page = browser.get("/basket").await;
    assert!(page.text.contains("You stay logged in") && browser.cookies[SESSION] == old);
    while stage.services.refreshes.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    while browser.cookies[SESSION] == old {
        browser.get("/basket").await;
    }
    assert!(!browser.get("/basket").await.text.contains("You stay logged in"));
    assert_eq!(stage.services.refreshes.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn hanging_exchange_holds_up_no_page() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    stage.services.refresh_hangs.store(true, Ordering::SeqCst);
    // The first page waits for 2 s. A call may take 5 s.
    for longest in [4, 1].map(Duration::from_secs) {
        let began = Instant::now();
        let page = browser.get("/basket").await;
        assert!(page.text.contains("You stay logged in") && browser.cookies.contains_key(SESSION));
        assert!(began.elapsed() < longest, "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn logout_takes_session_and_basket() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let seen = browser.submit("/", "/logout", &[]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(!browser.cookies.contains_key(SESSION) && !browser.cookies.contains_key("__Host-shop-basket"));
    assert!(browser.get("/").await.text.contains("You are logged out."));
}

#[tokio::test]
async fn new_password_ends_the_session_here() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.login().await;
    let fields = [("token", "t"), ("new_password", "another-long-one")];
    let seen = browser.submit("/password/new?token=t", "/password/new", &fields).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/login"));
    let login = browser.get("/login").await;
    assert_eq!(login.status, StatusCode::OK, "the page has a login");
    assert!(login.text.contains("Please log in with it") && !browser.cookies.contains_key(SESSION));
}

#[tokio::test]
async fn link_that_ends_sessions_offers_a_login() {
    // The link of a registration is of an account that nobody was logged in to.
    for (status, is_ended) in [("reverted", true), ("verified", false), ("moved", false), ("stopped", false)]
    {
        let stage = Stage::new().await;
        let mut browser = stage.browser();
        browser.login().await;
        let seen = browser.submit("/verify?token=t", "/verify", &[("token", status)]).await;
        assert_eq!(seen.text.contains("href=\"/login\""), is_ended, "{status}: {}", seen.text);
        assert_eq!(seen.text.contains("href=\"/account\""), !is_ended, "{status}");
        assert_eq!(browser.cookies.contains_key(SESSION), !is_ended, "{status}");
    }
}

#[tokio::test]
async fn ended_session_is_said() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    stage.services.ends_sessions.store(true, Ordering::SeqCst);
    let seen = browser.get("/account").await;
    assert_eq!(seen.location(), "/login?next=%2Faccount");
    assert!(browser.get("/login").await.text.contains("Your session has ended"));
}

#[tokio::test]
async fn logout_ends_tokens_of_waiting_session() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    // Another storefront, whose User Service is away, shows the form.
    let mut elsewhere = Stage::alone().browser();
    elsewhere.cookies = browser.cookies.clone();
    let token = hidden(&elsewhere.get("/basket").await, "form_token");
    stage.services.lost_refreshes.store(1, Ordering::SeqCst);
    let seen = browser.post("/logout", &[("form_token", &token)]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(!browser.cookies.contains_key(SESSION));
    while stage.services.logouts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn lost_logout_is_repeated() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.login().await;
    stage.services.lost_logouts.store(1, Ordering::SeqCst);
    let seen = browser.submit("/", "/logout", &[]).await;
    assert!(seen.status == StatusCode::SEE_OTHER && !browser.cookies.contains_key(SESSION));
    while stage.services.logouts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn logouts_repeated_at_once_are_bounded() {
    const MOST: u32 = 64;
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.login().await;
    stage.services.lost_logouts.store(u32::MAX, Ordering::SeqCst);
    for _ in 0..=MOST {
        browser.clone().submit("/", "/logout", &[]).await;
    }
    stage.services.lost_logouts.store(0, Ordering::SeqCst);
    while stage.services.logouts.load(Ordering::SeqCst) < MOST {
        tokio::task::yield_now().await;
    }
    // One more would come with the others.
    for _ in 0..20 {
        browser.get("/").await;
    }
    assert_eq!(stage.services.logouts.load(Ordering::SeqCst), MOST);
}
