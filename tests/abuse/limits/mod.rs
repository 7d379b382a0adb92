//! Rate limits, in shops that have them.

mod closed;
mod floods;
mod logins;
mod routes;
mod shared;

use std::time::Instant;

use estore_stage::{Limits, Options, ServiceName, Shop};
use estore_tests::{Access, Answer, RequestBuilder, directory, options};
use futures::{StreamExt, stream};

/// The tests stand for a proxy, and so may be many clients.
const BEHIND_PROXIES: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.0/8");

/// A shop with limits: those of `settings`, else the usual ones.
async fn start(name: &str, replicas: u16, settings: &[(&str, &str)]) -> (Shop, Access) {
    Shop::erase(&directory(&format!("limits-{name}"))).unwrap();
    start_again(name, replicas, settings).await
}

/// The same shop with other settings, once it was stopped.
async fn start_again(name: &str, replicas: u16, settings: &[(&str, &str)]) -> (Shop, Access) {
    let usual = options(directory(&format!("limits-{name}")), settings);
    let shop = Shop::start(Options { limits: Limits::On, replicas, faults: true, ..usual }).await.unwrap();
    let access = Access::to(&shop);
    (shop, access)
}

/// The request, as a proxy passes it on for a client.
fn from(client: &str, request: RequestBuilder) -> RequestBuilder {
    request.header("X-Forwarded-For", client)
}

/// Sends all of them, some at once; the answers come as they come.
async fn flood(requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<Answer> {
    stream::iter(requests).map(Answer::of).buffer_unordered(16).collect().await
}

/// How many of the answers have this status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// A bucket of so many, which gets one more each `seconds`, has not more than this to give since `began`.
fn most(burst: u64, seconds: u64, began: Instant) -> usize {
    usize::try_from(burst + began.elapsed().as_secs() / seconds + 1).unwrap()
}

/// How many requests of a class a process says that it refused.
async fn refused(shop: &mut Shop, access: &Access, service: ServiceName, replica: u16, class: &str) -> u64 {
    let port = shop.replica(service, replica).management_port;
    let metrics = Answer::of(access.http.get(format!("http://127.0.0.1:{port}/metrics"))).await.expect(200);
    let line = format!("estore_rate_limited_total{{class=\"{class}\"}} ");
    metrics.text.lines().find_map(|text| text.strip_prefix(line.as_str())).unwrap().parse().unwrap()
}
