//! Everything that a shop writes, collected as files.

use std::{
    fs,
    future::{Ready, ready},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use estore_testbed::{ServiceName, Shop, installed};
use estore_tests::{Access, Answer};
use tokio::{net::TcpListener, spawn};

/// An OTLP endpoint that keeps traces as it receives them.
#[derive(Clone, Default)]
pub(super) struct Traces(Arc<Mutex<Vec<u8>>>);

impl Traces {
    /// Starts the endpoint and returns its address.
    pub(super) async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "it is no service, and has no document")]
        let router = Router::new().route("/v1/traces", post(take)).with_state(self.clone());
        spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn keep(&self, mut body: Vec<u8>) {
        self.0.lock().unwrap().append(&mut body);
    }

    /// Returns true if a trace of this route has arrived.
    pub(super) fn has(&self, route: &str) -> bool {
        let bytes = self.0.lock().unwrap();
        bytes.windows(route.len()).any(|window| window == route.as_bytes())
    }
}

fn take(State(traces): State<Traces>, body: Bytes) -> Ready<()> {
    traces.keep(body.into());
    ready(())
}

/// Writes the remaining outputs to files and returns all files: logs, metrics, traces, emails,
/// dumps of all stores, and answers. Stops the shop first, so that everything is flushed.
pub(super) async fn collect(
    shop: &mut Shop,
    access: &Access,
    traces: &Traces,
    answers: &[String],
) -> Vec<PathBuf> {
    let place = shop.directory().join("outputs");
    fs::create_dir_all(&place).unwrap();
    for name in ServiceName::ALL {
        let port = shop.environment(name)["MANAGEMENT_PORT"].clone();
        let metrics = access.http.get(format!("http://127.0.0.1:{port}/metrics"));
        fs::write(place.join(format!("{name}.metrics")), Answer::of(metrics).await.expect(200).text).unwrap();
    }
    dump_redis(shop);
    for (variable, service) in
        [("DATABASE_URL", ServiceName::User), ("DATABASE_URL", ServiceName::Verification)]
    {
        let url = shop.environment(service)[variable].clone();
        let dumped = Command::new(installed(&["pg_dump"]).unwrap()).arg(url).output().unwrap();
        assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
        fs::write(place.join(format!("{service}.sql")), dumped.stdout).unwrap();
    }
    let mails = serde_json::to_string(&shop.mailbox.messages()).unwrap();
    fs::write(place.join("mails.json"), mails).unwrap();
    fs::write(place.join("answers.txt"), answers.join("\n")).unwrap();
    let (redis, postgres) = (shop.redis.directory().to_owned(), shop.postgres.directory().to_owned());
    let of_shop =
        [shop.directory().clone(), place.clone(), postgres, redis.clone(), redis.join("appendonlydir")];
    shop.stop().await.unwrap();
    fs::write(place.join("traces.bin"), &*traces.0.lock().unwrap()).unwrap();
    let files: Vec<PathBuf> = of_shop.iter().flat_map(|directory| written(directory)).collect();
    for name in
        ["user.log", "payment.log", "postgres.log", "dump.rdb", "user.sql", "mails.json", "traces.bin"]
    {
        let file = files.iter().find(|file| file.ends_with(name));
        assert!(
            file.is_some_and(|file| fs::metadata(file).unwrap().len() > 0),
            "{name} is not there, or empty"
        );
    }
    files
}

/// Dumps Redis uncompressed, so that compression hides nothing.
fn dump_redis(shop: &Shop) {
    let password = shop.environment(ServiceName::Payment)["REDIS_PASSWORD"].clone();
    for command in [&["CONFIG", "SET", "rdbcompression", "no"][..], &["SAVE"]] {
        let answer = shop.redis.ask("operator", &password, command).unwrap();
        assert_eq!(answer, "OK", "{command:?}");
    }
}

fn written(directory: &Path) -> Vec<PathBuf> {
    let kinds = ["log", "aof", "rdb", "sql", "metrics", "json", "txt", "bin"];
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|kind| kinds.iter().any(|known| kind == *known)))
        .collect()
}
