//! The shop under test, its customers, and what they did.

mod check;
mod mails;
mod quiet;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use estore_contract::Sku;
use estore_stage::{Limits, Options, Ports, ServiceName, Shop, Stores};
use estore_tests::{ADMIN, Access, project};
use futures::future::join_all;

use crate::{
    checker::Hot,
    history::History,
    load::{Buyer, Load, Refunder, Shelf},
};

pub use quiet::Quiet;

/// How many SKUs are sold of which there is more than enough.
const BROAD: usize = 12;
const PLENTY: i64 = 1_000_000;

/// A shop with customers, and everything that is known about them.
pub struct Stand {
    /// The shop.
    pub shop: Shop,
    /// How to reach it.
    pub access: Access,
    /// What clients did.
    pub history: Arc<History>,
    /// The customers.
    pub buyers: Vec<Arc<Buyer>>,
    /// The admin.
    pub admin: Arc<Refunder>,
    /// Every SKU of which there were fewer than wanted.
    pub hot: Vec<Hot>,
    /// How often something was killed.
    pub crashes: u64,
    /// What the dice of this stand begin with.
    pub seed: u64,
    broad: Vec<Sku>,
    runs: u64,
}

/// What a stand is made of.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Names its directory.
    pub name: String,
    /// Customers.
    pub buyers: u32,
    /// Processes of each service.
    pub replicas: u16,
    /// What the dice begin with.
    pub seed: u64,
}

impl Plan {
    /// Eight customers, one process of each service.
    #[must_use]
    pub fn named(name: &str, seed: u64) -> Self {
        Self { name: name.to_owned(), buyers: 8, replicas: 1, seed }
    }
}

impl Stand {
    /// Starts a shop of its own.
    pub async fn start(plan: &Plan) -> Result<Self> {
        let directory: PathBuf = estore_tests::directory(&format!("faults-{}", plan.name));
        Shop::erase(&directory)?;
        // Short times, so that nothing waits long for what is lost.
        let settings = [
            ("LEASE_SECONDS", "1"),
            ("HOLD_SECONDS", "20"),
            ("SWEEP_SECONDS", "0.5"),
            ("RECONCILE_AFTER_SECONDS", "1"),
        ];
        let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let options = Options {
            directory,
            project: project(),
            ports: Ports::Free,
            durable: false,
            settings: settings.collect::<BTreeMap<_, _>>().into(),
            admin: (ADMIN.0.to_owned(), ADMIN.1.to_owned()),
            progress: Box::new(|_| {}),
            proxied: true,
            stores: Stores::Plain,
            faults: true,
            replicas: plan.replicas,
            seed: plan.seed,
            mails_kept: 100_000,
            limits: Limits::Off,
        };
        let shop = Shop::start(options).await.context("start a shop")?;
        let access = Access::to(&shop);
        let history = Arc::new(History::in_file(&shop.directory().join("history.jsonl"))?);
        let admin = Arc::new(Refunder::login(&access, history.clone()).await);
        let customer = admin.customer();
        let mut broad = Vec::new();
        for n in 0..BROAD {
            let price = 100 + i64::try_from(n)? * 37;
            broad.push(customer.add_product(PLENTY, price).await.parse()?);
        }
        let register = (0..plan.buyers).map(|n| Buyer::register(n, &access, &shop.mailbox, history.clone()));
        let buyers = join_all(register).await.into_iter().map(|buyer| buyer.map(Arc::new));
        let buyers = buyers.collect::<Result<_>>()?;
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

    /// Lets everybody shop, with `units` pieces of a SKU that they fight for, where any.
    pub async fn begin(&mut self, units: u32) -> Result<Load> {
        self.runs += 1;
        let hot = if units > 0 { Some(self.add_hot(units).await?) } else { None };
        let goods = Shelf { broad: self.broad.clone(), hot };
        Ok(Load::begin(&self.buyers, &self.admin, &goods, self.runs, self.seed))
    }

    async fn add_hot(&mut self, units: u32) -> Result<Sku> {
        self.admin.refresh().await;
        let sku: Sku = self.admin.customer().add_product(i64::from(units), 500).await.parse()?;
        self.hot.push(Hot { sku: sku.clone(), units, faults: false });
        Ok(sku)
    }

    /// Kills a process of a service, as a crash would.
    pub async fn kill(&mut self, name: ServiceName, replica: u16) -> Result<()> {
        self.crashes += 1;
        self.shop.replica(name, replica).kill().await
    }

    /// Starts it again, and waits until it is ready.
    pub async fn revive(&mut self, name: ServiceName, replica: u16) -> Result<()> {
        self.revive_all(&[name], replica).await
    }

    /// Starts all of `names` again, and only then waits until they are ready: one may need another for that.
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
