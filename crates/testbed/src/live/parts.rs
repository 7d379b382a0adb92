//! Checks the health of each part.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Watched;
use crate::{
    http,
    prometheus::{Queries, Series},
    shop::ServiceName,
};

/// A part of the shop.
#[derive(Serialize)]
pub(super) struct Part {
    name: String,
    /// `up`, `away`, or `unknown` if no service has measured it yet.
    state: &'static str,
    /// The reason why the part is not up.
    detail: String,
}

/// The answer of `/ready`.
#[derive(Deserialize)]
struct Ready {
    status: String,
    #[serde(default)]
    checks: BTreeMap<String, String>,
}

/// Checks all parts. Services and the mailbox answer for themselves; services report on the stores
/// that they use.
pub(super) async fn parts(watched: &Watched, queries: Queries, prometheus: Option<String>) -> Vec<Part> {
    let services = watched.services.iter().map(|(name, port)| service(*name, *port));
    let stores = async {
        // Only services have the passwords of the stores. Prometheus has the results of their
        // checks.
        match prometheus {
            None => {
                let store = |name, query| store(name, queries, query);
                vec![store("Redis", "min(redis_up)").await, store("Postgres", "min(pg_up)").await]
            }
            Some(_) => {
                ["Redis", "Postgres"].map(|name| part(name, "unknown", "Prometheus does not answer")).into()
            }
        }
    };
    let (mut all, stores, mailbox) =
        tokio::join!(futures::future::join_all(services), stores, mailbox(watched.mailbox));
    all.extend(stores);
    all.push(mailbox);
    all.push(match prometheus {
        None => part("Prometheus", "up", ""),
        Some(why) => part("Prometheus", "away", &why),
    });
    all
}

fn part(name: &str, state: &'static str, detail: &str) -> Part {
    Part { name: name.to_owned(), state, detail: detail.to_owned() }
}

async fn service(name: ServiceName, port: u16) -> Part {
    let shown = match name {
        ServiceName::User => "User Service",
        ServiceName::Verification => "Verification Service",
        ServiceName::Inventory => "Inventory Service",
        ServiceName::Payment => "Payment Service",
        ServiceName::Storefront => "Storefront",
    };
    match http::get(port, "/ready").await {
        Some((200, _)) => part(shown, "up", ""),
        Some((_, body)) => part(shown, "away", &format!("runs, but is not ready{}", why(&body))),
        None => part(shown, "away", "does not answer"),
    }
}

/// Lists the checks that failed.
fn why(body: &str) -> String {
    let Ok(ready) = serde_json::from_str::<Ready>(body) else { return String::new() };
    let failed: Vec<String> = ready
        .checks
        .into_iter()
        .filter(|(_, said)| said != "ok")
        .map(|(name, said)| format!("{name}: {said}"))
        .collect();
    if failed.is_empty() { format!(" ({})", ready.status) } else { format!(" ({})", failed.join(", ")) }
}

async fn store(name: &str, queries: Queries, query: &str) -> Part {
    match queries.now(query).await.map(|found| found.first().and_then(Series::value)) {
        Ok(Some(1.0)) => part(name, "up", ""),
        Ok(Some(_)) => part(name, "away", "does not answer a service that uses it"),
        Ok(None) => part(name, "unknown", "no service has reported it yet"),
        Err(error) => part(name, "unknown", &format!("{error:#}")),
    }
}

async fn mailbox(port: u16) -> Part {
    match http::get(port, "/").await {
        Some((200, _)) => part("Mailbox", "up", ""),
        _ => part("Mailbox", "away", "does not answer"),
    }
}
