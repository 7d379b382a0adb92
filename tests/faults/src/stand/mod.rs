//! The shop under test, its customers, and their history.

mod check;
mod mails;
mod quiet;

use std::sync::Arc;

use anyhow::{Context, Result};
use estore_contract::Sku;
use estore_shopper::{
    ShopClient,
    load::{Buyer, Load, Refunder, Shelf},
};
use estore_testbed::{Options, ServiceName, Shop};
use estore_tests::{Access, directory, fresh};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::{checker::Hot, history::History};

/// Buyers that register at once.
const AT_ONCE: usize = 8;

pub use quiet::Quiet;

/// The number of SKUs with more than enough stock.
const BROAD: usize = 12;
const PLENTY: i64 = 1_000_000;

/// The fixture: a shop with customers and their history.
pub struct Stand {
    pub shop: Shop,
    /// The addresses and keys for clients.
    pub access: Access,
    /// The operations of clients.
    pub history: Arc<History>,
    /// The customers.
    pub buyers: Vec<Arc<Buyer>>,
    pub admin: Arc<Refunder>,
    /// The SKUs with less stock than demand.
    pub hot: Vec<Hot>,
    /// The number of kills.
    pub crashes: u64,
    /// The seed of this fixture's random choices.
    pub seed: u64,
    broad: Vec<Sku>,
    runs: u64,
}

/// The parameters of a fixture.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The name of its directory.
    pub name: String,
    /// The number of customers.
    pub buyers: u32,
    /// The number of processes of each service.
    pub replicas: u16,
    /// The seed of the random choices.
    pub seed: u64,
}

impl Plan {
    /// Returns a plan for eight customers and one process of each service.
    #[must_use]
    pub fn named(name: &str, seed: u64) -> Self {
        Self { name: name.to_owned(), buyers: 8, replicas: 1, seed }
    }
}

impl Stand {
    /// Starts a new shop.
    pub async fn start(plan: &Plan) -> Result<Self> {
        // Short times, so that the test does not wait long for lost work.
        let settings = [
            ("LEASE_SECONDS", "1"),
            ("HOLD_SECONDS", "20"),
            ("SWEEP_SECONDS", "0.5"),
            ("RECONCILE_AFTER_SECONDS", "1"),
        ];
        let options = Options {
            proxied: true,
            faults: true,
            replicas: plan.replicas,
            seed: plan.seed,
            mails_kept: 100_000,
            ..fresh(directory(&format!("faults-{}", plan.name)), &settings)
        };
        let shop = Shop::start(options).await.context("start a shop")?;
        let access = Access::to(&shop);
        let history = Arc::new(History::in_file(&shop.directory().join("history.jsonl"))?);
        let client = client(&shop)?;
        let (email, password) = &access.admin;
        let admin = Refunder::login(&client, email, password.as_str().into(), history.clone()).await?;
        let admin = Arc::new(admin);
        let mut broad = Vec::new();
        for n in 0..BROAD {
            let price = 100 + i64::try_from(n)? * 37;
            broad.push(admin.add_product(PLENTY, price).await?);
        }
        let register = (0..plan.buyers).map(|n| Buyer::register(n, &client, history.clone()));
        // User refuses logins that would wait long for their turn to hash.
        let buyers = stream::iter(register).buffered(AT_ONCE).map_ok(Arc::new).try_collect().await?;
        Ok(Self {
            shop,
            access,
            history,
            buyers,
            admin,
            hot: Vec::new(),
            crashes: 0,
            seed: plan.seed,
            broad,
            runs: 0,
        })
    }

    /// Starts the load. If `units` is not 0, adds a SKU with so many units that all buyers want.
    pub async fn begin(&mut self, units: u32) -> Result<Load> {
        self.runs += 1;
        let hot = if units > 0 { Some(self.add_hot(units).await?) } else { None };
        let goods = Shelf { broad: self.broad.clone(), hot };
        Ok(Load::begin(&self.buyers, &self.admin, &goods, self.runs, self.seed))
    }

    async fn add_hot(&mut self, units: u32) -> Result<Sku> {
        self.admin.refresh().await;
        let sku = self.admin.add_product(i64::from(units), 500).await?;
        self.hot.push(Hot { sku: sku.clone(), units, faults: false });
        Ok(sku)
    }

    /// Kills a process of a service, as a crash would.
    pub async fn kill(&mut self, name: ServiceName, replica: u16) -> Result<()> {
        self.crashes += 1;
        self.shop.replica(name, replica).kill().await
    }

    /// Starts the process again, and waits until it is ready.
    pub async fn revive(&mut self, name: ServiceName, replica: u16) -> Result<()> {
        self.revive_all(&[name], replica).await
    }

    /// Starts all of `names` again, and only then waits until they are ready: one may need another
    /// for that.
    pub async fn revive_all(&mut self, names: &[ServiceName], replica: u16) -> Result<()> {
        for name in names {
            self.shop.replica(*name, replica).start_again()?;
        }
        for name in names {
            self.shop.replica(*name, replica).ready(quiet::PATIENCE).await?;
        }
        Ok(())
    }
}

/// Returns a client of the shop, as the load uses it.
fn client(shop: &Shop) -> Result<ShopClient> {
    let services = ServiceName::WITH_STOREFRONT.into_iter();
    let urls = services.map(|name| (format!("{}_URL", name.as_str().to_uppercase()), shop.url(name)));
    let mailbox = format!("http://127.0.0.1:{}/messages", shop.mailbox.http_port);
    ShopClient::given(urls.chain([("MAIL_URL".to_owned(), mailbox)]))
}
