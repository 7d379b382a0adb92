//! A private Redis, with the functions loaded and the service's own user.

use std::env;

use estore_base::config::Env;
use estore_contract::{Money, Sku, inventory::ProductBody};
use estore_inventory::store::catalog::{self, Write};
use estore_stores::redis::{Redis, connect};

/// The connection that the service would have. The server ends with it.
pub(crate) struct Store {
    pub(crate) redis: Redis,
    server: estore_testbed::Redis,
}

impl Store {
    /// Starts an empty store, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_in(name, &[]).await
    }

    /// Starts an empty store whose server has these environment variables.
    pub(crate) async fn start_in(name: &str, environment: &[(&str, &str)]) -> Self {
        let build =
            env::current_exe().unwrap().ancestors().nth(3).unwrap().join("inventory-tests").join(name);
        let server =
            estore_testbed::Redis::with_functions(&build, &["inventory"], &["inventory"], environment).await;
        let server = server.unwrap();
        let settings = server.settings("inventory", 1);
        Self { redis: connect(&settings.into_iter().collect::<Env>()).unwrap(), server }
    }

    /// Runs a command with an operator's permissions.
    pub(crate) fn operate(&self, command: &[&str]) -> String {
        let command = [&["-n", "1"], command].concat();
        self.server.ask("operator", "pw", &command).unwrap()
    }

    /// Kills the server as a crash would, and starts it again on the same data.
    pub(crate) async fn restart(&mut self) {
        self.server.crash_and_restart().await.unwrap();
    }

    /// Adds a product with `stock` units.
    pub(crate) async fn add(&self, sku: &Sku, body: ProductBody, stock: u32) {
        catalog::write(&self.redis, sku, body, Write::Import(stock)).await.unwrap();
    }
}

/// Returns a plain product of the category `c`.
pub(crate) fn body(name: &str, amount: i64) -> ProductBody {
    ProductBody {
        name: name.to_owned().try_into().unwrap(),
        description: String::new(),
        price: Money::new(amount, "USD".parse().unwrap()),
        category: "c".to_owned().try_into().unwrap(),
        tags: Vec::new(),
        images: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
    }
}
