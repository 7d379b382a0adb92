//! A shop of processes on this machine, which the tests share: stores to prepare and services to
//! call.

use std::{collections::BTreeMap, path::PathBuf};

use estore_testbed::{Limits, Options, Ports, ServiceName, Shop, Stores};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    sync::OnceCell,
};

use crate::cluster::Cluster;

static SHOP: OnceCell<Shop> = OnceCell::const_new();

/// Returns the shop. The first caller starts it; it ends with this process.
pub(crate) async fn shop() -> &'static Shop {
    SHOP.get_or_init(|| async {
        let options = Options {
            directory: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bootstrap-shop"),
            project: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.."),
            ports: Ports::Free,
            durable: false,
            stores: Stores::Plain,
            replicas: 1,
            proxied: false,
            seed: 0,
            faults: false,
            mails_kept: 10,
            limits: Limits::Off,
            settings: BTreeMap::from([("ANONYMOUS_BROWSE".to_owned(), "true".to_owned())]).into(),
            admin: ("admin@example.com".to_owned(), "a very good password".to_owned()),
            progress: Box::new(|_| ()),
        };
        Shop::erase(&options.directory).unwrap();
        Shop::start(options).await.unwrap()
    })
    .await
}

/// Returns `bootstrap run`, as a pod of this name would run it.
pub(crate) async fn job(cluster: &Cluster, pod: &str) -> Command {
    let mut program = cluster.program("run");
    program.envs(shop().await.bootstrap_environment()).env("POD_NAME", pod);
    program.env("BOOTSTRAP_STATUS", "boot-status");
    program.env("OBJECT_LABELS", "app.kubernetes.io/instance=boot");
    program
}

/// Returns the answer of the Inventory Service about a product: the status, and the body.
pub(crate) async fn product(sku: &str) -> (u16, serde_json::Value) {
    let url = shop().await.url(ServiceName::Inventory);
    get(url.strip_prefix("http://").unwrap(), &format!("/products/{sku}")).await
}

/// Sends a plain request, without an HTTP client.
pub(crate) async fn get(address: &str, path: &str) -> (u16, serde_json::Value) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split_whitespace().nth(1).unwrap().parse().unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}
