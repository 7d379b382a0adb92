//! Rate limits, in shops that have them on.

mod closed;
mod floods;
mod logins;
mod routes;
mod shared;

use std::time::Instant;

use estore_testbed::{Limits, Options, ServiceName, Shop};
use estore_tests::{Access, Answer, RequestBuilder, directory, options};
use futures::{StreamExt, stream};

/// The tests act as a proxy, so that they can be many clients.
const BEHIND_PROXIES: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.0/8");

/// Starts a shop with the limits in `settings` and the default ones otherwise.
async fn start(name: &str, replicas: u16, settings: &[(&str, &str)]) -> (Shop, Access) {
    Shop::erase(&directory(&format!("limits-{name}"))).unwrap();
    start_again(name, replicas, settings).await
}

/// Starts the same stopped shop again with other settings.
async fn start_again(name: &str, replicas: u16, settings: &[(&str, &str)]) -> (Shop, Access) {
    let usual = options(directory(&format!("limits-{name}")), settings);
    let shop = Shop::start(Options { limits: Limits::On, replicas, faults: true, ..usual }).await.unwrap();
    let access = Access::to(&shop);
    (shop, access)
}

/// Returns the request as a proxy forwards it for `client`.
fn from(client: &str, request: RequestBuilder) -> RequestBuilder {
    request.header("X-Forwarded-For", client)
}

/// Sends all requests, 16 at a time, and returns the answers in the order of their arrival.
async fn flood(requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<Answer> {
    stream::iter(requests).map(Answer::of).buffer_unordered(16).collect().await
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Returns the most cells that a bucket can have given since `began`. It holds `burst` cells and
/// gains one every `seconds`.
fn most(burst: u64, seconds: u64, began: Instant) -> usize {
    usize::try_from(burst + began.elapsed().as_secs() / seconds + 1).unwrap()
}

/// Reads from a process's metrics the number of refused requests of a class.
async fn refused(shop: &mut Shop, access: &Access, service: ServiceName, replica: u16, class: &str) -> u64 {
    let port = shop.replica(service, replica).management_port;
    let metrics = Answer::of(access.http.get(format!("http://127.0.0.1:{port}/metrics"))).await.expect(200);
    let line = format!("estore_rate_limited_total{{class=\"{class}\"}} ");
    metrics.text.lines().find_map(|text| text.strip_prefix(line.as_str())).unwrap().parse().unwrap()
}
