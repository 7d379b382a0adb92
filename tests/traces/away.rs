//! An unavailable collector costs the traces, and nothing else.

use std::time::{Duration, Instant};

use estore_testbed::ServiceName::{self, Payment};
use estore_tests::{CARD, Customer, Manner, unique, until};

use super::stand::{PATIENCE, Stand};

/// Longer than the wait for the last traces and for jobs, and shorter than the timeout for a
/// collector that hangs (10 s).
const STOPPED: Duration = Duration::from_secs(7);

/// Checks that orders continue at their usual pace.
async fn order(customer: &Customer, key: &str) {
    let card = customer.save_card(CARD).await;
    let began = Instant::now();
    for n in 0..20 {
        let _order = customer.order(&format!("{key}-{n}"), card, "MUG-ENAMEL-01", 1).await.expect(201);
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?} for 20 orders", began.elapsed());
}

fn told(stand: &mut Stand, what: &str) -> usize {
    stand.shop.service(Payment).last_lines(usize::MAX).iter().filter(|line| line.contains(what)).count()
}

#[tokio::test]
async fn unavailable_collector_costs_only_the_traces() {
    // A queue so small that it fills at once.
    let small = [("OTEL_BSP_MAX_QUEUE_SIZE", "64"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16")];
    let mut stand = Stand::start("trace-away", &small).await;
    let customer = Customer::register(&stand.access, &stand.shop.mailbox).await;

    // The collector refuses repeatedly, and the service logs one line about it.
    stand.collector.behave(Manner::Refuses);
    order(&customer, "refused").await;
    let lines = async |stand: &mut Stand| told(stand, "trace export failed");
    let began = Instant::now();
    while lines(&mut stand).await == 0 {
        assert!(began.elapsed() < PATIENCE, "nothing was told");
        order(&customer, &unique()).await;
    }
    order(&customer, "again").await;
    assert_eq!(lines(&mut stand).await, 1);

    // The collector accepts again, and receives the current traces.
    stand.collector.behave(Manner::Takes);
    let came = async || {
        let _orders = customer.get(Payment, "/orders").await.expect(200);
        stand.collector.steps(|step| step.name == "GET /orders").len()
    };
    let _came = until(PATIENCE, came, |steps| *steps > 0).await;

    // The collector hangs. At shutdown, the wait for the last traces is short.
    stand.collector.behave(Manner::Hangs);
    order(&customer, "hanging").await;
    for service in ServiceName::ALL {
        let began = Instant::now();
        stand.shop.service(service).signal("TERM").unwrap();
        let ended = stand.shop.service(service).died(PATIENCE).await.unwrap();
        assert!(
            ended.success() && began.elapsed() < STOPPED,
            "{service}: {ended} after {:?}",
            began.elapsed()
        );
    }
    assert_eq!(told(&mut stand, "shutdown ended before all traces were sent; spans dropped"), 1);

    // The collector does not exist at all.
    let nowhere = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")];
    for service in ServiceName::ALL {
        stand.shop.service(service).start_with(&nowhere).unwrap();
        stand.shop.service(service).ready(PATIENCE).await.unwrap();
    }
    order(&customer, "nowhere").await;
    stand.shop.stop().await.unwrap();
}
