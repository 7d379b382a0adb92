//! All replicas count together.

use std::time::Duration;

use estore_testbed::ServiceName::{Inventory, User};
use estore_tests::{Access, Answer};
use serde_json::json;

use super::{BEHIND_PROXIES, count, flood, from, refused, start, start_again};

#[tokio::test]
async fn two_replicas_admit_one_burst() {
    let settings = [
        BEHIND_PROXIES,
        ("ANONYMOUS_BROWSE", "true"),
        ("LIMIT_READS_ADDRESS", "40/1per3600"),
        ("LIMIT_REFRESH_ADDRESS", "20/1per3600"),
    ];
    let (mut shop, access) = start("shared", 2, &settings).await;

    // The limiter in Redis.
    let read = |client: &str| from(client, access.http.get(access.url(Inventory, "/products?limit=1")));
    let answers = flood((0..120).map(|_| read("203.0.113.1"))).await;
    let admitted = count(&answers, 200);
    assert_eq!(admitted + count(&answers, 429), 120);
    // A replica that took several cells at once may get no more requests, and keeps the cells.
    assert!((37..=40).contains(&admitted), "{admitted}");
    let told = [
        refused(&mut shop, &access, Inventory, 0, "reads").await,
        refused(&mut shop, &access, Inventory, 1, "reads").await,
    ];
    assert!(told.iter().all(|told| *told > 0), "one replica was not asked: {told:?}");
    assert_eq!(usize::try_from(told.iter().sum::<u64>()).unwrap(), 120 - admitted);
    let _another_client = Answer::of(read("203.0.113.2")).await.expect(200);

    // The limiter in Postgres.
    let body = json!({"refresh_token": "one that was never given"});
    let refresh =
        |client: &str| from(client, access.http.post(access.url(User, "/token/refresh")).json(&body));
    let answers = flood((0..80).map(|_| refresh("203.0.113.1"))).await;
    assert_eq!((count(&answers, 401), count(&answers, 429)), (20, 60));
    for replica in [0, 1] {
        let told = refused(&mut shop, &access, User, replica, "refresh").await;
        assert!(told > 0, "replica {replica} was not asked");
    }
    let _another_client = Answer::of(refresh("203.0.113.2")).await.expect(401);
    // An address in the same /64 is the same client. An address in another /64 is not.
    let answers = flood((0..40).map(|n| refresh(&format!("2001:db8:0:1::{n}")))).await;
    assert_eq!((count(&answers, 401), count(&answers, 429)), (20, 20));
    let _another_network = Answer::of(refresh("2001:db8:0:2::1")).await.expect(401);
}

#[tokio::test]
async fn answer_states_the_remaining_limit() {
    let settings = [
        BEHIND_PROXIES,
        ("ANONYMOUS_BROWSE", "true"),
        ("LIMIT_READS_ADDRESS", "3/1per7"),
        ("LIMIT_REFRESH_ADDRESS", "off"),
    ];
    let (_shop, access) = start("headers", 1, &settings).await;
    let read = async || Answer::of(access.http.get(access.url(Inventory, "/products/MUG-ENAMEL-01"))).await;
    for left in [2, 1, 0] {
        let answer = read().await.expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"reads-address\";q=3;w=21");
        let said = answer.header("ratelimit").to_owned();
        let (name, full_in) = said.rsplit_once(";t=").unwrap();
        assert_eq!(name, format!("\"reads-address\";r={left}"));
        assert!(full_in.parse::<u64>().unwrap() <= 7 * (3 - left), "{said}");
    }
    let answer = read().await;
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=7).contains(&wait), "{wait}");
    assert!(
        answer.header("ratelimit").starts_with("\"reads-address\";r=0;t="),
        "{}",
        answer.header("ratelimit")
    );
    assert_eq!(answer.header("ratelimit-policy"), "\"reads-address\";q=3;w=21");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.refused(429, "rate_limited");
    assert_eq!(body.error, "Too Many Requests");
    // The service admits the client again after the announced wait.
    let again = estore_tests::until(Duration::from_secs(20), read, |answer| answer.status == 200).await;
    assert!(again.header("ratelimit").starts_with("\"reads-address\";r=0"), "{}", again.header("ratelimit"));

    // Routes that are never counted, and one that is not counted here.
    for path in ["/", "/health", "/ready", "/openapi.json", "/docs"] {
        let answer = Answer::of(access.http.get(access.url(Inventory, path))).await.expect(200);
        assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""), "{path}");
    }
    let body = json!({"refresh_token": "one that was never given"});
    let answer = access.post("/token/refresh", &body).await.expect(401);
    assert_eq!(answer.header("ratelimit"), "");
}

#[tokio::test]
async fn changed_policy_finds_full_buckets() {
    let settings = |policy| {
        [
            BEHIND_PROXIES,
            ("ANONYMOUS_BROWSE", "true"),
            ("LIMIT_READS_ADDRESS", policy),
            ("LIMIT_REFRESH_ADDRESS", policy),
        ]
    };
    let read = async |access: &Access| {
        let request = access.http.get(access.url(Inventory, "/products?limit=1"));
        Answer::of(from("203.0.113.1", request)).await.status
    };
    let refresh = async |access: &Access| {
        let body = json!({"refresh_token": "one that was never given"});
        let request = access.http.post(access.url(User, "/token/refresh")).json(&body);
        Answer::of(from("203.0.113.1", request)).await.status
    };
    let (mut shop, access) = start("changed", 1, &settings("1/1per3600")).await;
    assert_eq!([read(&access).await, read(&access).await], [200, 429]);
    assert_eq!([refresh(&access).await, refresh(&access).await], [401, 429]);
    shop.stop().await.unwrap();
    let (_shop, access) = start_again("changed", 1, &settings("2/1per1800")).await;
    assert_eq!([read(&access).await, read(&access).await, read(&access).await], [200, 200, 429]);
    assert_eq!([refresh(&access).await, refresh(&access).await, refresh(&access).await], [401, 401, 429]);
}
