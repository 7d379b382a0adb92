//! One order is one trace, with every hop.

use std::collections::{BTreeMap, BTreeSet};

use estore_tests::{Answer, CARD, Customer, PASSWORD, Step};
use serde_json::json;

use super::{
    stand::{CLIENT, Stand, traceparent},
    tree,
};

/// The calls between services in order. The status of the answer follows the name of a call.
const ORDER: &str = "\
payment server POST /orders 201
  payment client POST /internal/introspect 200
    user server POST /internal/introspect 200
      user client SELECT sessions
  payment client FCALL pay1_create_at
  payment internal reserve
    payment client POST /internal/reservations 201
      inventory server POST /internal/reservations 201
        inventory client FCALL inv1_reserve_at
  payment internal create_payment
    payment client FCALL gw1_create
  payment client FCALL pay1_step
  payment internal authorize
    payment client FCALL gw1_authorize
  payment client FCALL pay1_step
  payment internal confirm
    payment client POST /internal/reservations/{id}/confirm 200
      inventory server POST /internal/reservations/{order_id}/confirm 200
        inventory client FCALL inv1_confirm_at
  payment internal capture
    payment client FCALL gw1_capture
  payment client FCALL pay1_step
";

/// Returns the span of this name and kind.
fn find<'a>(steps: &'a [Step], kind: &str, name: &str) -> &'a Step {
    steps.iter().find(|step| step.kind == kind && step.name == name).unwrap()
}

fn expect(step: &Step, attributes: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> =
        attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(step.attributes, expected, "{} {}", step.kind, step.name);
}

#[tokio::test]
async fn order_is_one_trace_with_every_hop() {
    let mut stand = Stand::start("trace-order", &[]).await;
    let customer = Customer::register(&stand.access, &stand.shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    // A new token, which no service has introspected yet.
    let customer = Customer::login(&stand.access, &customer.email, PASSWORD).await;
    let (id, header) = traceparent(true);
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let request = customer.order_request("traced", &body).header("traceparent", header);
    let answer = Answer::of(request.header("X-Request-Id", "the-order")).await.expect(201);
    let order = answer.value()["id"].as_str().unwrap().to_owned();

    // The trace is complete once Payment has requested the email about the order.
    let mail = stand.due_to(&id, "process mails").await.remove(0);
    let steps = stand.trace(&id, |steps| steps.len() >= ORDER.lines().count()).await;
    assert_eq!(tree::draw(&steps, CLIENT, &["http.response.status_code"]), ORDER);

    let (server, introspect) = (find(&steps, "server", "POST /orders"), "POST /internal/introspect");
    expect(
        server,
        &[
            ("estore.request_id", "the-order"),
            ("http.request.method", "POST"),
            ("http.response.status_code", "201"),
            ("http.route", "/orders"),
            ("network.protocol.version", "1.1"),
            ("url.scheme", "http"),
        ],
    );
    expect(
        find(&steps, "server", introspect),
        &[
            ("estore.request_id", "the-order"),
            ("http.request.method", "POST"),
            ("http.response.status_code", "200"),
            ("http.route", "/internal/introspect"),
            ("network.protocol.version", "2"),
            ("peer.service", "payment"),
            ("url.scheme", "https"),
        ],
    );
    let port = &find(&steps, "client", introspect).attributes["server.port"];
    expect(
        find(&steps, "client", introspect),
        &[
            ("http.request.method", "POST"),
            ("http.response.status_code", "200"),
            ("peer.service", "user"),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
            ("url.template", "/internal/introspect"),
        ],
    );
    let statement = find(&steps, "client", "SELECT sessions");
    let query = &statement.attributes["db.query.text"];
    assert!(query.contains("s.id = ANY($1)"), "{query}");
    expect(
        statement,
        &[
            ("db.collection.name", "sessions"),
            ("db.operation.name", "SELECT"),
            ("db.query.summary", "SELECT sessions"),
            ("db.query.text", query),
            ("db.response.returned_rows", "1"),
            ("db.system.name", "postgresql"),
        ],
    );
    for (service, function, database) in
        [("payment", "pay1_create_at", "0"), ("inventory", "inv1_reserve_at", "1")]
    {
        let call = find(&steps, "client", &format!("FCALL {function}"));
        assert_eq!(call.service, format!("estore-{service}"));
        expect(
            call,
            &[
                ("db.namespace", database),
                ("db.operation.name", "FCALL"),
                ("db.stored_procedure.name", function),
                ("db.system.name", "redis"),
            ],
        );
    }
    for step in ["reserve", "create_payment", "authorize", "confirm", "capture"] {
        expect(find(&steps, "internal", step), &[("estore.order.id", &order)]);
    }
    for step in &steps {
        assert!(step.links.is_empty() && step.time.0 <= step.time.1 && step.time.0 > 0, "{step:?}");
    }

    // The request for the email is a trace of its own, and links to the orders that caused it.
    assert_eq!((mail.kind, mail.parent.as_str(), mail.service.as_str()), ("consumer", "", "estore-payment"));
    assert_eq!(mail.links, [(id.clone(), server.id.clone())]);
    assert_eq!(mail.attributes["messaging.batch.message_count"], "1");
    let asked = |steps: &[Step]| {
        steps.iter().any(|step| step.service == "estore-verification" && step.kind == "server")
    };
    let _asked = stand.trace(&mail.trace, asked).await;

    for service in ["user", "verification", "inventory", "payment"] {
        let resource = stand.collector.resource(&format!("estore-{service}"));
        let names: BTreeSet<&str> = resource.keys().map(String::as_str).collect();
        let wanted = ["service.instance.id", "service.name", "service.namespace", "service.version"];
        assert!(wanted.iter().all(|name| names.contains(name)), "{resource:?}");
    }
    stand.shop.stop().await.unwrap();
}

#[tokio::test]
async fn refusals_and_failures_are_distinguished() {
    let mut stand = Stand::start("trace-refused", &[]).await;
    let admin = Customer::admin(&stand.access).await;
    let (sku, card) = (admin.add_product(1, 500).await, admin.save_card(CARD).await);
    let (id, header) = traceparent(true);
    let body = json!({"items": [{"sku": sku, "quantity": 2}], "payment_method_id": card});
    let short = Answer::of(admin.order_request("short", &body).header("traceparent", header)).await;
    let _refused = short.refused(409, "insufficient_stock");
    let steps = stand.trace(&id, |steps| steps.iter().any(|step| step.name == "POST /orders")).await;
    // A refusal is a failure of the call that got it, and of nothing else.
    for step in &steps {
        let call = step.kind == "client" && step.name == "POST /internal/reservations";
        assert_eq!((step.failed, step.attributes.contains_key("error.type")), (call, call), "{step:?}");
    }
    assert_eq!(find(&steps, "internal", "reserve").attributes["estore.refusal"], "insufficient_stock");

    // The User Service is down: three attempts, each with a span of its own. The 503 is a failure
    // of the request.
    stand.shop.service(estore_testbed::ServiceName::User).kill().await.unwrap();
    let (id, header) = traceparent(true);
    let request = admin.access.http.get(admin.access.url(estore_testbed::ServiceName::Payment, "/orders"));
    let unknown = request.bearer_auth("nobody.knows.it").header("traceparent", header);
    let _refused = Answer::of(unknown).await.refused(503, "unavailable");
    let steps = stand.trace(&id, |steps| steps.iter().any(|step| step.kind == "server")).await;
    let told = ["http.request.resend_count", "error.type"];
    let attempts = "\
payment server GET /orders 503 FAILED
  payment client POST /internal/introspect unreachable FAILED
  payment client POST /internal/introspect 1 unreachable FAILED
  payment client POST /internal/introspect 2 unreachable FAILED
";
    assert_eq!(tree::draw(&steps, CLIENT, &told), attempts);
    stand.shop.stop().await.unwrap();
}
