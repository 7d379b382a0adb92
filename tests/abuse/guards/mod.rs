//! Every route of every service, called by every kind of caller. A table lists who may call, and a
//! route that is missing from it fails the test.

mod people;
mod table;

use std::{collections::BTreeSet, process::Command};

use estore_testbed::ServiceName;
use estore_tests::{Access, Answer, Customer, access, program};
use reqwest::Method;
use serde_json::Value;

use super::{
    document::{document, filled, operations},
    internal::{client_of, internal},
};
use people::{Outcome, People, Who, outcomes};
use table::Guard;

/// Returns the document of the internal listener, whose routes serve other services alone.
fn internal_document(service: ServiceName) -> Value {
    let program = program(&format!("estore-{service}"));
    let output = Command::new(program).args(["openapi", "--internal"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns route names such as `GET /me`.
fn routes(document: &Value) -> BTreeSet<String> {
    let named = |(path, methods): (String, std::collections::BTreeMap<String, Value>)| {
        methods.into_keys().map(move |method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
    };
    operations(document).into_iter().flat_map(named).collect()
}

fn split(route: &str) -> (Method, &str) {
    let (method, path) = route.split_once(' ').unwrap();
    (Method::from_bytes(method.as_bytes()).unwrap(), path)
}

#[tokio::test]
async fn table_lists_exactly_the_existing_routes() {
    let access = access();
    for service in ServiceName::ALL {
        for (documented, is_internal) in
            [(document(&access, service).await, false), (internal_document(service), true)]
        {
            let listed: BTreeSet<String> = table::of(service)
                .filter(|(_, guard)| matches!(guard, Guard::Peers(_)) == is_internal)
                .map(|(route, _)| route.to_owned())
                .collect();
            assert_eq!(routes(&documented), listed, "{service}: who may call it? Say so in guards/table.rs");
        }
    }
}

/// Sends no body, so that a request that passes the guard changes nothing.
async fn ask(
    access: &Access,
    caller: Option<&Customer>,
    service: ServiceName,
    route: &str,
    id: Option<&str>,
) -> Answer {
    let (method, path) = split(route);
    let path = match id {
        Some(id) => path.replace("{id}", id),
        None => filled(path).replace("/categories/desk", "/categories/no-such-thing"),
    };
    let request = access.http.request(method, access.url(service, &path));
    Answer::of(match caller {
        Some(caller) => request.bearer_auth(&caller.access_token),
        None => request,
    })
    .await
}

fn holds(outcome: Outcome, guard: Guard, answer: &Answer) -> bool {
    match outcome {
        Outcome::Refused(status, code) => answer.status == status && answer.value()["code"] == code,
        Outcome::Passes => {
            let owned = matches!(guard, Guard::Own(_) | Guard::OwnOrAdmin(_));
            answer.status < 500 && !matches!(answer.status, 401 | 403) && !(owned && answer.status == 404)
        }
    }
}

#[tokio::test]
async fn every_caller_gets_the_outcome_in_the_table() {
    let access = access();
    let people = People::gather(&access).await;
    let all = ServiceName::ALL
        .into_iter()
        .flat_map(|service| table::of(service).map(move |(route, guard)| (service, route, guard)));
    let mut all: Vec<_> = all.collect();
    // A logout ends the session that the other calls use, so it comes last.
    all.sort_by_key(|(_, route, _)| *route == "POST /logout");
    let mut wrong = Vec::new();
    for (service, route, guard) in all {
        let id = match guard {
            Guard::Own(thing) | Guard::OwnOrAdmin(thing) => Some(people.thing(thing).await),
            _ => None,
        };
        for (who, outcome) in Who::ALL.into_iter().zip(outcomes(guard)) {
            let answer = ask(&access, people.caller(who), service, route, id.as_deref()).await;
            if !holds(outcome, guard, &answer) {
                wrong.push(format!(
                    "{service} {route} as {who:?}: {outcome:?}, and {} {}",
                    answer.status, answer.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn internal_route_serves_only_peers_in_the_table() {
    let _running = access();
    for service in ServiceName::ALL {
        for (route, guard) in table::of(service) {
            let Guard::Peers(served) = guard else { continue };
            let (method, path) = split(route);
            let path = path.replace("{order_id}", &estore_tests::unique_id().to_string());
            let path = path.replace("{sku}", "NO-SUCH-SKU").replace("{slug}", "no-such-thing");
            let url = internal(service, &filled(&path));
            for peer in ["user", "verification", "inventory", "payment", "bootstrap", "chaos"] {
                let answer = Answer::of(client_of(peer).request(method.clone(), &url)).await;
                if served.contains(&peer) {
                    assert!(
                        answer.status < 500 && !matches!(answer.status, 401 | 403),
                        "{service} {route} as {peer}: {}",
                        answer.text
                    );
                } else {
                    let _refused = answer.refused(403, "forbidden");
                }
            }
        }
    }
}

#[tokio::test]
async fn foreign_id_is_answered_like_an_unknown_one() {
    let access = access();
    let people = People::gather(&access).await;
    let other = people.caller(Who::Other);
    for service in ServiceName::ALL {
        for (route, guard) in table::of(service) {
            let (Guard::Own(thing) | Guard::OwnOrAdmin(thing)) = guard else { continue };
            let (theirs, nobodys) = (people.thing(thing).await, estore_tests::unique_id().to_string());
            let mut answers = Vec::new();
            for id in [&theirs, &nobodys] {
                let refused = ask(&access, other, service, route, Some(id)).await.refused(404, "not_found");
                answers.push((refused.message, refused.details));
            }
            assert_eq!(answers[0], answers[1], "{service} {route}");
        }
    }
}
