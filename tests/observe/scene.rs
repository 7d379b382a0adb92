//! One shop with its Prometheus and its page, in which every journey ran twice.

use std::{sync::LazyLock, thread, time::Duration};

use estore_testbed::{Limits, Live, Options, Prometheus, Scraping, ServiceName, Shop, Watched};
use estore_tests::{Access, Answer, directory, fresh, until};

use crate::{journeys, journeys::Tally, rules};

/// The scrape interval of these tests.
const INTERVAL: Duration = Duration::from_secs(1);

/// The shop that all these tests share.
pub(crate) struct Scene {
    pub(crate) shop: Shop,
    pub(crate) access: Access,
    pub(crate) prometheus: Prometheus,
    pub(crate) live: Live,
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
    let usual = fresh(directory.clone(), &journeys::LIMITS);
    let shop = Shop::start(Options { limits: Limits::On, ..usual }).await.unwrap();
    let access = Access::to(&shop);
    let targets = shop.management_ports();
    let scraping =
        Scraping { interval: INTERVAL, targets: targets.clone(), rules: Some(rules::file()), port: None };
    let prometheus = Prometheus::start(&directory.join("prometheus"), &scraping).await.unwrap();
    let watched = Watched {
        services: targets,
        mailbox: shop.mailbox.http_port,
        prometheus: prometheus.port,
        interval: INTERVAL,
        has_rules: true,
        links: vec![["Mailbox".to_owned(), format!("http://localhost:{}", shop.mailbox.http_port)]],
    };
    let live = Live::start(0, watched).await.unwrap();
    let mut scene = Scene { shop, access, prometheus, live, tally: Tally::default() };
    // A rate needs a value before and one after. A series that appears with its first value has to
    // change once more.
    for _ in 0..2 {
        scene.read(2).await;
        journeys::round(&scene.shop, &scene.access, &mut scene.tally).await;
    }
    journeys::too_often(&scene.access).await;
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
