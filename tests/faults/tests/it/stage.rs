//! A Redis server for one test, with the real functions and the services' own users.

use std::collections::BTreeMap;

use estore_faults::stores::{self, Dump, Snapshot};
use estore_tests::{connect_to_store, directory};
use redis::{Client, FromRedisValue, aio::MultiplexedConnection, cmd};

/// The server and three of its users. It stops when this is dropped.
pub(crate) struct Stage {
    payment: MultiplexedConnection,
    inventory: MultiplexedConnection,
    /// The operator, who may do anything, such as writes that the functions reject.
    operators: [MultiplexedConnection; 2],
    urls: [String; 2],
    server: estore_testbed::Redis,
}

async fn connect(port: u16, user: &str, database: u8) -> MultiplexedConnection {
    let client = Client::open(format!("redis://{user}:pw@127.0.0.1:{port}/{database}")).unwrap();
    connect_to_store(&client).await.unwrap()
}

impl Stage {
    /// Starts an empty server, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        let directory = directory("faults").join(name);
        let (users, libraries) =
            (["payment", "inventory", "auditor"], ["inventory", "payment/pay1", "payment/gw1"]);
        let server =
            estore_testbed::Redis::with_functions(&directory, &users, &libraries, &[]).await.unwrap();
        // Reading needs no more than this.
        let observer = "on >pw -@all +@read +@connection +eval_ro allkeys".split(' ');
        let command: Vec<&str> = ["ACL", "SETUSER", "observer"].into_iter().chain(observer).collect();
        assert_eq!(server.ask("operator", "pw", &command).unwrap(), "OK");
        let port = server.port;
        Self {
            payment: connect(port, "payment", 0).await,
            inventory: connect(port, "inventory", 1).await,
            operators: [connect(port, "operator", 0).await, connect(port, "operator", 1).await],
            urls: [0, 1].map(|database| format!("redis://observer:pw@127.0.0.1:{port}/{database}")),
            server,
        }
    }

    /// Returns the settings of a program that uses Redis as `user`.
    pub(crate) fn settings(&self, user: &str) -> BTreeMap<String, String> {
        self.server.settings(user, 0).map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Calls a function as its service does; flat answers only.
    pub(crate) async fn call(&self, function: &str, args: &[&str]) -> Vec<String> {
        let (mut service, tag) = match function.split('1').next().unwrap() {
            "inv" => (self.inventory.clone(), "{inv}"),
            "pay" => (self.payment.clone(), "{pay}"),
            _ => (self.payment.clone(), "{gw}"),
        };
        let answer: redis::Value =
            cmd("FCALL").arg(function).arg(1).arg(tag).arg(args).query_async(&mut service).await.unwrap();
        words(answer)
    }

    /// Runs any command as the operator, in the database of the key.
    pub(crate) async fn operate<T: FromRedisValue>(&self, command: &[&str]) -> T {
        let database = usize::from(command.get(1).is_some_and(|key| key.starts_with("{inv}")));
        let mut operator = self.operators[database].clone();
        let [name, args @ ..] = command else { panic!("a command") };
        cmd(name).arg(args).query_async(&mut operator).await.unwrap()
    }

    /// Returns a copy of a key, to restore it later.
    pub(crate) async fn keep(&self, key: &str) -> Option<Vec<u8>> {
        self.operate(&["DUMP", key]).await
    }

    /// Restores a key.
    pub(crate) async fn put_back(&self, key: &str, kept: Option<Vec<u8>>) {
        let _: i64 = self.operate(&["DEL", key]).await;
        let Some(kept) = kept else { return };
        let mut operator = self.operators[usize::from(key.starts_with("{inv}"))].clone();
        cmd("RESTORE").arg(key).arg(0).arg(kept).query_async::<()>(&mut operator).await.unwrap();
    }

    pub(crate) async fn dump(&self) -> Dump {
        stores::dump(&self.urls[0], &self.urls[1]).await.unwrap()
    }

    pub(crate) async fn snapshot(&self) -> Snapshot {
        stores::read(&self.urls[0], &self.urls[1]).await.unwrap()
    }

    pub(crate) async fn snapshot_at_once(&self) -> Snapshot {
        stores::read_at_once(&self.urls[0], &self.urls[1]).await.unwrap()
    }
}

/// Returns the first level of an answer, without nested values.
fn words(answer: redis::Value) -> Vec<String> {
    match answer {
        redis::Value::Array(values) => values
            .into_iter()
            .filter(|value| !matches!(value, redis::Value::Array(_)))
            .map(|value| String::from_redis_value(value).unwrap())
            .collect(),
        single => vec![String::from_redis_value(single).unwrap()],
    }
}
