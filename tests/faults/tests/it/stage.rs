//! A Redis of the test's own, with the real functions and the services' own users.

use std::{fs, path::PathBuf};

use estore_faults::stores::{Dump, Snapshot};
use estore_tests::{directory, project};
use redis::{Client, FromRedisValue, aio::MultiplexedConnection, cmd};

/// The server and three users of it. It ends with this.
pub(crate) struct Stage {
    payment: MultiplexedConnection,
    inventory: MultiplexedConnection,
    /// Who may do anything: to write what the functions would never.
    operators: [MultiplexedConnection; 2],
    urls: [String; 2],
    _server: estore_stage::Redis,
}

fn code(library: &str) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(project().join("migrations").join(library))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

async fn connect(port: u16, user: &str, database: u8) -> MultiplexedConnection {
    let client = Client::open(format!("redis://{user}:pw@127.0.0.1:{port}/{database}")).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

impl Stage {
    /// An empty one, named after the test.
    pub(crate) async fn start(name: &str) -> Self {
        let directory = directory("faults").join(name);
        if directory.exists() {
            fs::remove_dir_all(&directory).unwrap();
        }
        let acl =
            |user: &str| fs::read_to_string(project().join(format!("migrations/acl/{user}.acl"))).unwrap();
        let (payment, inventory) = (acl("payment"), acl("inventory"));
        let users = [
            ("payment", "pw", payment.as_str()),
            ("inventory", "pw", &inventory),
            ("operator", "pw", "+@all ~* &*"),
            // Reading takes no more than this.
            ("observer", "pw", "-@all +@read +@connection +eval_ro allkeys"),
        ];
        let server = estore_stage::Redis::start(&directory, &users).await.unwrap();
        for (library, name) in [("inventory", "inv1"), ("payment/pay1", "pay1"), ("payment/gw1", "gw1")] {
            let loaded = server.ask("operator", "pw", &["FUNCTION", "LOAD", &code(library)]).unwrap();
            assert_eq!(loaded, name);
        }
        let port = server.port;
        Self {
            payment: connect(port, "payment", 0).await,
            inventory: connect(port, "inventory", 1).await,
            operators: [connect(port, "operator", 0).await, connect(port, "operator", 1).await],
            urls: [0, 1].map(|database| format!("redis://observer:pw@127.0.0.1:{port}/{database}")),
            _server: server,
        }
    }

    /// Calls a function, as the service whose it is does; flat answers only.
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

    /// Does whatever an operator may, in the database that the key is of.
    pub(crate) async fn operate<T: FromRedisValue>(&self, command: &[&str]) -> T {
        let database = usize::from(command.get(1).is_some_and(|key| key.starts_with("{inv}")));
        let mut operator = self.operators[database].clone();
        let [name, args @ ..] = command else { panic!("a command") };
        cmd(name).arg(args).query_async(&mut operator).await.unwrap()
    }

    /// A key as it is, to be put back.
    pub(crate) async fn keep(&self, key: &str) -> Option<Vec<u8>> {
        self.operate(&["DUMP", key]).await
    }

    /// Puts a key back.
    pub(crate) async fn put_back(&self, key: &str, kept: Option<Vec<u8>>) {
        let _: i64 = self.operate(&["DEL", key]).await;
        let Some(kept) = kept else { return };
        let mut operator = self.operators[usize::from(key.starts_with("{inv}"))].clone();
        cmd("RESTORE").arg(key).arg(0).arg(kept).query_async::<()>(&mut operator).await.unwrap();
    }

    pub(crate) async fn dump(&self) -> Dump {
        Snapshot::dump(&self.urls[0], &self.urls[1]).await.unwrap()
    }

    pub(crate) async fn snapshot(&self) -> Snapshot {
        Snapshot::read(&self.urls[0], &self.urls[1]).await.unwrap()
    }

    pub(crate) async fn snapshot_at_once(&self) -> Snapshot {
        Snapshot::read_at_once(&self.urls[0], &self.urls[1]).await.unwrap()
    }
}

/// The first level of an answer; what is nested is left out.
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
