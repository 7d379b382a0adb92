//! One shop with its Prometheus and its engine room, in which every journey ran twice.

use std::{collections::BTreeMap, sync::LazyLock, thread, time::Duration};

use estore_testbed::{Limits, Prometheus, Scraping, ServiceName, Shop, free_port};
use estore_tests::{Access, Answer, directory, fresh, until};

use crate::{journeys, journeys::Tally, rules, standins};

/// The scrape interval of these tests.
const INTERVAL: Duration = Duration::from_secs(1);

/// The shop that all these tests share.
pub(crate) struct Scene {
    pub(crate) shop: Shop,
    pub(crate) access: Access,
    pub(crate) prometheus: Prometheus,
    pub(crate) tally: Tally,
}

/// Initialized by the first test. If that fails, every other test fails at once.
static SCENE: LazyLock<&'static Scene> = LazyLock::new(|| {
    // A runtime of its own, because the runtime of the first test ends with that test.
    thread::spawn(|| {
        let runtime = Box::leak(Box::new(tokio::runtime::Runtime::new().unwrap()));
        &*Box::leak(Box::new(runtime.block_on(set())))
    })
    .join()
    .expect("the scene's thread")
});

/// Returns the scene. Its programs end with this process.
pub(crate) fn scene() -> &'static Scene {
    *SCENE
}

async fn set() -> Scene {
    let directory = directory("observe");
    let port = free_port().unwrap();
    let mut options = fresh(directory.clone(), &journeys::LIMITS);
    options.limits = Limits::On;
    let engine = [
        ("ENGINE", "true".to_owned()),
        ("PROMETHEUS_URL", format!("http://127.0.0.1:{port}")),
        ("PROMETHEUS_LINK", format!("http://localhost:{port}")),
    ];
    let named = |(name, value): (&str, String)| (name.to_owned(), value);
    options.settings.of.insert(ServiceName::Storefront, engine.map(named).into());
    let shown = BTreeMap::from([("PUBLIC_ACTIVITY".to_owned(), "true".to_owned())]);
    options.settings.of.insert(ServiceName::Payment, shown);
    let shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    let scraping = Scraping {
        interval: INTERVAL,
        targets: shop.management_ports(),
        others: standins::start().await,
        rules: Some(rules::file()),
        port: Some(port),
    };
    let prometheus = Prometheus::start(&directory.join("prometheus"), &scraping).await.unwrap();
    let mut scene = Scene { shop, access, prometheus, tally: Tally::default() };
    // A rate needs a value before and one after. A series that appears with its first value has to
    // change once more.
    for _ in 0..2 {
        scene.read(2).await;
        journeys::round(&scene.shop, &scene.access, &mut scene.tally).await;
    }
    journeys::too_often(&scene.access).await;
    scene.shop.bootstrap_with(&["audit"], &[("REDIS_USERNAME", "auditor")]).await.unwrap();
    // Rules read the output of other rules.
    scene.read(4).await;
    scene
}

impl Scene {
    /// Waits until Prometheus has scraped every service `times` more times.
    pub(crate) async fn read(&self, times: u32) {
        let read = async || {
            let found =
                self.prometheus.queries().now("min(count_over_time(up[1h]) and on (service) up == 1)").await;
            found.unwrap().first().and_then(estore_testbed::Series::value).unwrap_or(0.0)
        };
        let enough = read().await + f64::from(times);
        until(Duration::from_mins(1), read, |seen| *seen >= enough).await;
    }

    /// Fetches the metrics of a service.
    pub(crate) async fn exposition(&self, service: ServiceName) -> String {
        let (_, port) = *self.shop.management_ports().iter().find(|(name, _)| *name == service).unwrap();
        Answer::of(self.access.http.get(format!("http://127.0.0.1:{port}/metrics"))).await.expect(200).text
    }
}
