//! Requests with made-up paths, methods, names and ids create no series.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use estore_testbed::ServiceName;
use estore_tests::{Answer, Customer, Method, RequestBuilder, peer, unique};
use futures::{StreamExt, stream};
use reqwest::header;
use serde_json::json;

use crate::{
    exposition::{self, Sample},
    scene::{Scene, scene},
};

/// The number of requests of each kind to each service.
const MANY: usize = 40;
/// The number of series that may appear by themselves in the meantime. An example is the first
/// statement of a job that runs once a minute, with its buckets.
const BORN: usize = 40;

/// Returns made-up requests of each kind for each listener of a service, and the unique words in
/// them.
fn made_up(scene: &Scene, somebody: &Customer, service: ServiceName) -> (Vec<RequestBuilder>, Vec<String>) {
    let mut words = Vec::new();
    let mut word = || {
        words.push(unique()[..16].to_owned());
        words.last().unwrap().clone()
    };
    let (_, management) = *scene.shop.management_ports().iter().find(|(name, _)| *name == service).unwrap();
    let other = if service == ServiceName::Payment { "user" } else { "payment" };
    let mut listeners = vec![
        (scene.access.http.clone(), scene.access.url(service, "")),
        (scene.access.http.clone(), format!("http://127.0.0.1:{management}")),
    ];
    // The storefront has no internal listener.
    if let Some(internal) = scene.shop.environment(service).get("INTERNAL_PORT") {
        listeners.push((peer(&scene.shop, other), format!("https://127.0.0.1:{internal}")));
    }
    let mut requests = Vec::new();
    for (client, url) in listeners {
        requests.push(client.get(format!("{url}/{}", word())));
        requests.push(client.post(format!("{url}/{}/{}", word(), word())).json(&json!({word(): word()})));
        // Two letters before each word, so that no label contains one by chance.
        let method = Method::from_bytes(format!("X{}", word().to_uppercase()).as_bytes()).unwrap();
        requests.push(client.request(method, format!("{url}/products")));
        requests
            .push(client.get(format!("{url}/health")).header(header::HOST, format!("{}.example", word())));
        requests.push(
            client.get(format!("{url}/ready?{}={}", word(), word())).header(header::USER_AGENT, word()),
        );
        let known = [
            "/products/",
            "/images/",
            "/orders/",
            "/payment-methods/",
            "/users/",
            "/templates/",
            "/verifications/",
            "/me/sessions/",
            "/categories/",
            "/internal/reservations/",
            "/internal/users/",
            "/verify?token=",
        ];
        for path in known {
            let request = client.get(format!("{url}{path}{}", word())).bearer_auth(&somebody.access_token);
            requests.push(request.header("Idempotency-Key", word()).header("X-Request-Id", word()));
        }
        requests.push(client.get(format!("{url}/products?q={}&sort={}", word(), word())).bearer_auth(word()));
    }
    (requests, words)
}

async fn send(scene: &Scene, somebody: &Customer, service: ServiceName, times: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..times {
        let (requests, words) = made_up(scene, somebody, service);
        all.extend(words);
        // The answers do not matter. The service closes some connections, because their bytes are
        // not HTTP.
        let answers: Vec<_> = stream::iter(requests).map(Answer::try_of).buffer_unordered(8).collect().await;
        assert!(answers.iter().any(Result::is_ok), "{service} answers nothing");
    }
    all
}

async fn series(scene: &Scene, service: ServiceName) -> BTreeSet<Sample> {
    exposition::samples(&scene.exposition(service).await).into_iter().collect()
}

#[tokio::test]
async fn made_up_requests_create_no_series() {
    let scene = scene();
    let somebody = Arc::new(Customer::admin(&scene.access).await);
    for service in ServiceName::WITH_STOREFRONT {
        let mut words = send(scene, &somebody, service, 2).await;
        let before = series(scene, service).await;
        words.extend(send(scene, &somebody, service, MANY).await);
        assert!(words.len() > 1_000, "{}", words.len());
        let after = series(scene, service).await;

        let mut born: BTreeMap<&str, usize> = BTreeMap::new();
        for sample in after.difference(&before) {
            *born.entry(sample.name.as_str()).or_default() += 1;
        }
        let http: Vec<&&str> = born.keys().filter(|name| name.starts_with("http_")).collect();
        assert!(http.is_empty(), "{service}: {:?}", after.difference(&before).take(9).collect::<Vec<_>>());
        assert!(born.values().sum::<usize>() <= BORN, "{service}: {born:?}");

        let everything =
            after.iter().map(|sample| sample.labels.to_lowercase()).collect::<Vec<_>>().join("\n");
        let kept: Vec<&String> =
            words.iter().filter(|word| everything.contains(&word.to_lowercase())).collect();
        assert!(kept.is_empty(), "{service} keeps {kept:?}");
        let long = after
            .iter()
            .flat_map(|sample| exposition::labels(&sample.labels))
            .find(|(_, value)| value.len() > 80);
        assert_eq!(long, None, "{service}");
        assert!(after.len() < 6_000, "{service} has {} series", after.len());
    }
}
