//! Password guessing: limits slow it down for each account, and the owner can still log in.

use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};

use estore_testbed::{ServiceName::User, Shop};
use estore_tests::{Access, Answer, Customer, PASSWORD, RequestBuilder, unique, until};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::{BEHIND_PROXIES, count, flood, from, most, start};

fn login(access: &Access, client: &str, email: &str, password: &str) -> RequestBuilder {
    let body = json!({"email": email, "password": password});
    from(client, access.http.post(access.url(User, "/login")).json(&body))
}

/// Resets a password by an emailed link, which is among the first `count` emails to `email`.
async fn reset(shop: &Shop, access: &Access, client: &str, email: &str, count: usize, new: &str) {
    let _sent = access.post("/password/forgot", &json!({"email": email})).await.expect(202);
    let mails = shop.mailbox.wait_for(email, count, Duration::from_secs(20)).await.unwrap();
    let mail = mails.iter().find(|mail| mail.subject.starts_with("Reset")).unwrap();
    let token = mail.text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let body = json!({"token": token, "new_password": new});
    let request = from(client, access.http.post(access.url(User, "/password/reset")).json(&body));
    let _reset = Answer::of(request).await.expect(204);
}

#[tokio::test]
async fn attacked_account_is_slowed_but_admits_its_owner() {
    let settings = [
        BEHIND_PROXIES,
        ("LIMIT_LOGIN_ACCOUNT", "5/1per3"),
        ("LIMIT_LOGIN_FAMILIAR", "5/1per3"),
        ("LIMIT_LOGIN_ADDRESS", "50/1per3600"),
    ];
    let (shop, access) = start("logins", 1, &settings).await;
    let owner = Customer::register(&access, &shop.mailbox).await;
    let _at_home = Answer::of(login(&access, "198.51.100.1", &owner.email, PASSWORD)).await.expect(200);

    let began = Instant::now();
    let guesses = (0..200)
        .map(|n| login(&access, &format!("203.0.113.{n}"), &owner.email, &format!("a wrong password {n}")));
    let answers = flood(guesses).await;
    let tried = count(&answers, 401);
    assert_eq!(tried + count(&answers, 429), 200);
    assert!((3..=most(5, 3, began)).contains(&tried), "{tried} guesses were looked at");
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert!((1..=3).contains(&refused.header("retry-after").parse::<u64>().unwrap()));
    assert!(
        refused.header("ratelimit").starts_with("\"login-address\";r="),
        "{}",
        refused.header("ratelimit")
    );

    // During the attack, a login from a known network succeeds at once.
    let _at_home = Answer::of(login(&access, "198.51.100.1", &owner.email, PASSWORD)).await.expect(200);
    // From another network, a login succeeds once the bucket has a cell again.
    let elsewhere = async || Answer::of(login(&access, "198.51.100.2", &owner.email, PASSWORD)).await;
    let _in = until(Duration::from_secs(20), elsewhere, |answer| answer.status == 200).await;
    // From then on this network is known too.
    let answers =
        flood((0..30).map(|n| login(&access, &format!("203.0.114.{n}"), &owner.email, "wrong"))).await;
    assert!(count(&answers, 429) > 20);
    let _known_now = elsewhere().await.expect(200);
    // The stores do not contain the address.
    let rows = shop.postgres.sql("userdb", "SELECT * FROM familiar_addresses, rate_limits").unwrap();
    assert!(rows.lines().count() > 1 && !rows.contains("198.51") && !rows.contains(&owner.email), "{rows}");
}

#[tokio::test]
async fn emailed_link_makes_its_network_known() {
    let settings = [BEHIND_PROXIES, ("LIMIT_LOGIN_ACCOUNT", "1/1per3600")];
    let (shop, access) = start("emailed", 1, &settings).await;
    let owner = Customer::register(&access, &shop.mailbox).await;
    // An attack uses up the account's bucket.
    let _wrong = Answer::of(login(&access, "203.0.113.1", &owner.email, "wrong")).await.expect(401);
    let _limited = Answer::of(login(&access, "203.0.113.2", &owner.email, "wrong")).await.expect(429);
    // The owner verified the address without a proxy.
    let body = json!({"email": owner.email, "password": PASSWORD});
    let _verified = access.post("/login", &body).await.expect(200);

    let new = "another password, as good";
    reset(&shop, &access, "198.51.100.1", &owner.email, 2, new).await;
    let _known = Answer::of(login(&access, "198.51.100.1", &owner.email, new)).await.expect(200);
    let _elsewhere = Answer::of(login(&access, "198.51.100.2", &owner.email, new)).await.expect(429);
}

/// Returns everything observable in an answer, except times.
fn told(answer: &Answer) -> (u16, BTreeSet<String>, serde_json::Value, String) {
    let names = answer.headers.keys().map(ToString::to_string).collect();
    let mut body = answer.value();
    body.as_object_mut().unwrap().remove("request_id");
    (answer.status, names, body, answer.header("ratelimit-policy").to_owned())
}

#[tokio::test]
async fn unknown_account_is_counted_like_a_known_one() {
    let settings =
        [BEHIND_PROXIES, ("LIMIT_LOGIN_ACCOUNT", "4/1per3600"), ("LIMIT_LOGIN_ADDRESS", "6/1per3600")];
    let (shop, access) = start("alike", 1, &settings).await;
    let known = Customer::register(&access, &shop.mailbox).await.email;
    // The account has logged in from elsewhere, which no answer may reveal.
    let _elsewhere = Answer::of(login(&access, "198.51.100.1", &known, PASSWORD)).await.expect(200);
    let unknown = format!("{}@example.com", unique());
    // The login used one cell of the known account.
    let _one = Answer::of(login(&access, "198.51.100.3", &unknown, "wrong")).await.expect(401);
    for guess in 0..6 {
        let ask = async |email: &str, n: u8| {
            told(&Answer::of(login(&access, &format!("203.0.113.{n}"), email, "wrong")).await)
        };
        let (one, other) = (ask(&known, guess).await, ask(&unknown, 100 + guess).await);
        assert_eq!(one, other, "guess {guess}");
        assert_eq!(one.0, if guess < 3 { 401 } else { 429 });
    }
    // One client that tries many accounts.
    let tries =
        (0..10).map(|_| login(&access, "203.0.113.99", &format!("{}@example.com", unique()), "wrong"));
    let answers = flood(tries).await;
    assert_eq!((count(&answers, 401), count(&answers, 429)), (6, 4));
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert!(refused.header("ratelimit").contains("\"login-address\";r=0"));
}

#[tokio::test]
async fn login_quota_reveals_no_known_network() {
    let (shop, access) = start("quota", 1, &[BEHIND_PROXIES]).await;
    let known = Customer::register(&access, &shop.mailbox).await.email;
    let _at_home = Answer::of(login(&access, "198.51.100.1", &known, PASSWORD)).await.expect(200);
    let policies = |answer: Answer| (answer.status, answer.header("ratelimit-policy").to_owned());
    let unknown = format!("{}@example.com", unique());
    let [one, other] = [&known, &unknown].map(async |email: &String| {
        policies(Answer::of(login(&access, "198.51.100.1", email, "wrong")).await)
    });
    assert_eq!(one.await, other.await);
}

#[tokio::test]
async fn each_refused_login_reports_a_quota() {
    let settings = [BEHIND_PROXIES, ("LIMIT_LOGIN_ACCOUNT", "1/1per3600")];
    let (_shop, access) = start("refused", 1, &settings).await;
    let email = format!("{}@example.com", unique());
    let ask = async || Answer::of(login(&access, "203.0.113.1", &email, "wrong")).await;
    let _first = ask().await.expect(401);
    for _ in 0..2 {
        let refused = ask().await;
        assert_eq!(refused.status, 429);
        assert!(refused.header("ratelimit").starts_with("\"login-address\";r="));
        assert!(refused.header("ratelimit-policy").starts_with("\"login-address\";"));
    }
}

#[tokio::test]
async fn token_lasts_no_longer_than_its_session() {
    let (shop, access) = start("short", 1, &[("SESSION_SECONDS", "300")]).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let body = json!({"email": customer.email, "password": PASSWORD});
    let tokens = access.post("/login", &body).await.expect(200).value();
    assert_eq!(tokens["expires_in"], 300);
    let body = json!({"refresh_token": tokens["refresh_token"]});
    let left = access.post("/token/refresh", &body).await.expect(200).value();
    assert!((200..=300).contains(&left["expires_in"].as_i64().unwrap()), "{left}");
}

#[tokio::test]
async fn new_password_forgets_every_other_network() {
    let (shop, access) = start("forgotten", 1, &[BEHIND_PROXIES]).await;
    let owner = Customer::register(&access, &shop.mailbox).await;
    for client in ["198.51.100.1", "198.51.100.2"] {
        let _in = Answer::of(login(&access, client, &owner.email, PASSWORD)).await.expect(200);
    }
    let known = || {
        let rows = "SELECT count(*) FROM familiar_addresses JOIN users ON id = user_id WHERE email = ";
        shop.postgres.sql("userdb", &format!("{rows}'{}'", owner.email)).unwrap().trim().to_owned()
    };
    let new = "another password, as good";
    let body = json!({"current_password": PASSWORD, "new_password": new});
    let change = from("198.51.100.2", owner.request(Method::PUT, User, "/me/password").json(&body));
    let _changed = Answer::of(change).await.expect(204);
    assert_eq!(known(), "1");
    let _in = Answer::of(login(&access, "198.51.100.1", &owner.email, new)).await.expect(200);
    assert_eq!(known(), "2");
    reset(&shop, &access, "198.51.100.3", &owner.email, 3, PASSWORD).await;
    assert_eq!(known(), "1");
}

#[tokio::test]
async fn parallel_logins_are_bounded_in_memory() {
    let (mut shop, access) = start("crowd", 1, &[BEHIND_PROXIES]).await;
    let tries = (0..200).map(|n| {
        let email = format!("{}@example.com", unique());
        Answer::of(login(&access, &format!("203.0.113.{n}"), &email, "wrong"))
    });
    let answers = join_all(tries).await;
    let (served, told) = (count(&answers, 401), count(&answers, 503));
    assert_eq!(served + told, 200);
    assert!(served > 0 && told > 0, "{served} served, {told} told to come back");
    for answer in answers.iter().filter(|answer| answer.status == 503) {
        assert_eq!(answer.header("retry-after"), "1");
        assert_eq!(answer.value()["code"], "unavailable");
    }
    let status = fs::read_to_string(format!("/proc/{}/status", shop.service(User).process().pid()));
    // Only on systems with `/proc`. 200 hashes at once would take 3.8 GB. A debug build takes
    // 100 MiB by itself.
    if let Ok(status) = status {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(peak < 192 * 1024, "{peak} KiB at most");
    }
    let _still_serves = Answer::of(access.http.get(access.url(User, "/ready"))).await.expect(200);
}
