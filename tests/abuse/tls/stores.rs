//! A store that should speak TLS and does not receives nothing: no password, no user, no command.

use std::{path::Path, time::Duration};

use estore_testbed::ServiceName::{Inventory, User};
use estore_tests::{shop, until};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use super::super::replica::Replica;

const SOON: Duration = Duration::from_secs(20);

/// Reads the first bytes of each connection, sends `answer`, and continues to read.
async fn listener(answer: &'static [u8]) -> (u16, mpsc::UnboundedReceiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let sender = sender.clone();
            tokio::spawn(async move {
                let mut all = vec![0; 4096];
                let mut count = stream.read(&mut all).await.unwrap_or(0);
                let _gone = stream.write_all(answer).await;
                count += stream.read(&mut all[count..]).await.unwrap_or(0);
                all.truncate(count);
                let _nobody_asks = sender.send(all);
            });
        }
    });
    (port, receiver)
}

fn authority() -> String {
    Path::new(shop().directory()).join("tls/ca.crt").display().to_string()
}

#[tokio::test]
async fn redis_without_tls_receives_nothing() {
    let (port, mut receiver) = listener(b"-NOAUTH Authentication required.\r\n").await;
    let (port, authority) = (port.to_string(), authority());
    let settings = [
        ("REDIS_TLS", "true"),
        ("REDIS_TLS_CA", authority.as_str()),
        ("REDIS_HOST", "localhost"),
        ("REDIS_PORT", port.as_str()),
    ];
    let replica = Replica::start_anyhow(Inventory, &settings).await;
    let ready = async || replica.get("/ready").await.value()["checks"]["redis"].clone();
    let _unready = until(SOON, ready, |redis| redis.as_str().is_some_and(|said| said != "ok")).await;
    let password = &shop().environment(Inventory)["REDIS_PASSWORD"];
    for _ in 0..2 {
        let heard = receiver.recv().await.unwrap();
        let text = String::from_utf8_lossy(&heard).into_owned();
        assert_eq!(heard.first(), Some(&0x16), "{text}");
        assert!(
            !text.contains("AUTH") && !text.contains("HELLO") && !text.contains(password.as_str()),
            "{text}"
        );
    }
}

#[tokio::test]
async fn postgres_without_tls_receives_nothing() {
    let (port, mut receiver) = listener(b"N").await;
    let url = format!(
        "postgresql://estore:hunter2@localhost:{port}/userdb?sslmode=verify-full&sslrootcert={}",
        authority()
    );
    let replica = Replica::start_anyhow(User, &[("DATABASE_URL", &url)]).await;
    let ready = async || replica.get("/ready").await.value()["checks"]["postgres"].clone();
    let _unready = until(SOON, ready, |said| said.as_str().is_some_and(|said| said != "ok")).await;
    // The request for TLS (SSLRequest), and nothing after the refusal.
    assert_eq!(receiver.recv().await.unwrap(), [0, 0, 0, 8, 4, 210, 22, 47]);
    assert!(replica.log().iter().all(|line| !line.contains("hunter2")));
}
