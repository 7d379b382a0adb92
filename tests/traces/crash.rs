//! Work left by a crash continues in a new trace, which links to the original one.

use std::time::Duration;

use estore_contract::payment::OrderStatus;
use estore_testbed::ServiceName::Payment;
use estore_tests::{Answer, CARD, Customer, Step, until};
use serde_json::json;

use super::{
    stand::{PATIENCE, Stand, traceparent},
    tree,
};

/// The worker's remaining spans.
const RESUMED: &str = "\
payment internal resume order
  payment internal confirm
    payment client POST /internal/reservations/{id}/confirm
      inventory server POST /internal/reservations/{order_id}/confirm
        inventory client FCALL inv1_confirm_at
  payment internal capture
    payment client FCALL gw1_capture
  payment client FCALL pay1_step
  payment client FCALL_RO gw1_refunds
";

#[tokio::test]
async fn resumed_order_links_to_its_original_trace() {
    let mut stand = Stand::start("trace-crash", &[("LEASE_SECONDS", "1")]).await;
    let customer = Customer::register(&stand.access, &stand.shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    stand.shop.service(Payment).stop().await.unwrap();
    stand.shop.service(Payment).start_with(&[("FAIL_POINT", "payment.confirm.answered")]).unwrap();
    stand.shop.service(Payment).ready(PATIENCE).await.unwrap();

    let (id, header) = traceparent(true);
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let order = || Answer::try_of(customer.order_request("crashed", &body).header("traceparent", &header));
    assert!(order().await.is_err(), "the service dies on its way");
    let _died = stand.shop.service(Payment).died(PATIENCE).await.unwrap();
    stand.shop.service(Payment).start_again().unwrap();
    stand.shop.service(Payment).ready(PATIENCE).await.unwrap();

    let resumed = stand.due_to(&id, "resume order").await.remove(0);
    assert_eq!((resumed.kind, resumed.parent.as_str(), resumed.failed), ("internal", "", false));
    assert_ne!(resumed.trace, id);
    let [(trace, server)] = &resumed.links[..] else { panic!("{resumed:?}") };
    assert_eq!(trace, &id);
    // A link to the span of the request that created the order. That span died with its process,
    // but some of its children were sent before.
    let within = ["POST /internal/introspect", "FCALL pay1_create_at", "reserve", "authorize"];
    let sent = stand.collector.trace(&id);
    let mut sent =
        sent.iter().filter(|step| step.service == "estore-payment" && within.contains(&&*step.name));
    assert!(
        sent.all(|step| step.parent == *server),
        "{:#?} is not within {server}",
        stand.collector.trace(&id)
    );
    assert_eq!(resumed.attributes["estore.order.state"], "confirming");
    let all = |steps: &[Step]| steps.len() >= RESUMED.lines().count();
    let steps = stand.trace(&resumed.trace, all).await;
    assert_eq!(tree::draw(&steps, "", &[]), RESUMED);

    // The repeated request finds the order. The email links to the original request, not to the
    // worker.
    let answer =
        until(Duration::from_secs(20), async || order().await.unwrap(), |answer| answer.status == 201).await;
    assert_eq!(answer.json::<estore_contract::payment::Order>().status, OrderStatus::Completed);
    let mail = stand.due_to(&id, "process mails").await.remove(0);
    assert_eq!(mail.links, resumed.links);
    stand.shop.stop().await.unwrap();
}
