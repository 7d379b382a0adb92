//! A Redis of the test's own, with the functions loaded and the service's own user.

use std::{env, fs, path::PathBuf};

use estore_contract::{Money, Sku, inventory::ProductBody};
use estore_inventory::store::catalog::{self, Write};
use estore_kit::{
    config::Env,
    redis::{Redis, connect},
};

/// The connection as the service has it; the server ends with it.
pub(crate) struct Store {
    pub(crate) redis: Redis,
    server: estore_stage::Redis,
}

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Store {
    /// An empty one, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_in(name, &[]).await
    }

    /// The same, of a server with these variables.
    pub(crate) async fn start_in(name: &str, environment: &[(&str, &str)]) -> Self {
        let build =
            env::current_exe().unwrap().ancestors().nth(3).unwrap().join("inventory-tests").join(name);
        if build.exists() {
            fs::remove_dir_all(&build).unwrap();
        }
        let rules = fs::read_to_string(project().join("migrations/acl/inventory.acl")).unwrap();
        let users = [("inventory", "pw", rules.as_str()), ("loader", "pw", "+@all ~*")];
        let server = estore_stage::Redis::start_in(&build, &users, environment).await.unwrap();
        let mut files: Vec<PathBuf> = fs::read_dir(project().join("migrations/inventory"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        assert_eq!(server.ask("loader", "pw", &["FUNCTION", "LOAD", &code]).unwrap(), "inv1");
        let port = server.port.to_string();
        let settings = [
            ("REDIS_HOST", "127.0.0.1"),
            ("REDIS_PORT", &port),
            ("REDIS_DB", "1"),
            ("REDIS_USERNAME", "inventory"),
            ("REDIS_PASSWORD", "pw"),
        ];
        Self { redis: connect(&settings.into_iter().collect::<Env>()).unwrap(), server }
    }

    /// Does whatever an operator may.
    pub(crate) fn operate(&self, command: &[&str]) -> String {
        let command = [&["-n", "1"], command].concat();
        self.server.ask("loader", "pw", &command).unwrap()
    }

    /// Adds a product with `stock` pieces.
    pub(crate) async fn add(&self, sku: &Sku, body: ProductBody, stock: u32) {
        catalog::write(&self.redis, sku, body, Write::Import(stock)).await.unwrap();
    }
}

/// A plain product of the category `c`.
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
