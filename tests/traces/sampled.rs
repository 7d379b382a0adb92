//! The sampling of traces, and the clients that may decide it.

use estore_testbed::{Service, ServiceName::Inventory};
use estore_tests::{Answer, Step};

use super::stand::{CLIENT, PATIENCE, Stand, traceparent};

impl Stand {
    async fn another(&self, settings: &[(&str, &str)]) -> Service {
        let mut replica = self.shop.another(Inventory, settings).unwrap();
        replica.ready(PATIENCE).await.unwrap();
        replica
    }

    /// Sends a request within a client's trace, and returns the trace's id.
    async fn ask(&self, replica: &Service, sampled: bool) -> String {
        let (id, header) = traceparent(sampled);
        let url = format!("http://127.0.0.1:{}/categories", replica.port);
        let _refused = Answer::of(self.access.http.get(url).header("traceparent", header)).await.expect(401);
        id
    }
}

#[tokio::test]
async fn only_trusted_clients_decide_sampling() {
    const NAME: &str = "OTEL_TRACES_SAMPLER";
    let mut stand = Stand::start("trace-sampled", &[]).await;
    let begun =
        |steps: &[Step]| steps.iter().any(|step| step.name == "GET /categories" && step.parent == CLIENT);

    // Everything is recorded, whatever an untrusted client says. The trace id is still the
    // client's.
    let mut replica = stand.another(&[]).await;
    for sampled in [false, true] {
        let id = stand.ask(&replica, sampled).await;
        let _recorded = stand.trace(&id, begun).await;
    }
    replica.stop().await.unwrap();

    // Nothing is recorded, whatever an untrusted client says.
    for rule in ["always_off", "parentbased_always_off"] {
        let mut replica = stand.another(&[(NAME, rule)]).await;
        let id = stand.ask(&replica, true).await;
        // Shutdown sends the remaining spans.
        replica.stop().await.unwrap();
        assert_eq!(stand.collector.trace(&id), [], "{rule}");
        let log = replica.last_lines(usize::MAX);
        assert!(
            log.iter().any(|line| line.contains(&format!("\"trace_id\":\"{id}\""))),
            "lines name it all the same"
        );
    }

    // Trusted clients decide.
    let mut replica =
        stand.another(&[(NAME, "parentbased_always_off"), ("TRACE_TRUST_CLIENTS", "true")]).await;
    let (without, with) = (stand.ask(&replica, false).await, stand.ask(&replica, true).await);
    let _recorded = stand.trace(&with, begun).await;
    replica.stop().await.unwrap();
    assert_eq!(stand.collector.trace(&without), []);

    // Probes and scrapes are never recorded.
    let of_probes =
        |step: &Step| ["/health", "/ready", "/metrics"].iter().any(|path| step.name.ends_with(path));
    assert_eq!(stand.collector.steps(of_probes), []);
    stand.shop.stop().await.unwrap();
}

#[tokio::test]
async fn service_name_and_attributes_are_configurable() {
    let mut stand = Stand::start("trace-named", &[]).await;
    let names = [
        ("OTEL_SERVICE_NAME", "the-stock"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=trial,service.instance.id=one"),
    ];
    let mut replica = stand.another(&names).await;
    let id = stand.ask(&replica, true).await;
    let _recorded = stand.trace(&id, |steps| steps.iter().any(|step| step.service == "the-stock")).await;
    let resource = stand.collector.resource("the-stock");
    let told = ["deployment.environment.name", "service.instance.id", "service.namespace"]
        .map(|name| resource[name].as_str());
    assert_eq!(told, ["trial", "one", "estore"]);
    replica.stop().await.unwrap();
    stand.shop.stop().await.unwrap();
}
