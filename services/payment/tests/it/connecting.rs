//! Attempts to connect to Redis that fail, and connections that go silent.

use std::time::Duration;

use estore_base::config::Env;
use estore_stores::redis::connect;
use estore_testbed::Cable;
use redis::cmd;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::yield_now,
    time::timeout,
};

use crate::stage::Stage;

/// More attempts than the client makes before it reports a failure.
const REFUSED: usize = 5;

/// Answers the first connections with `refusal`, and closes them. Passes later ones on to `server`.
async fn stand_between(listener: TcpListener, server: u16, refusal: &'static [u8]) {
    for number in 0.. {
        let (mut client, _) = listener.accept().await.unwrap();
        if number < REFUSED {
            let mut request = [0; 1024];
            let _length = client.read(&mut request).await.unwrap();
            client.write_all(refusal).await.unwrap();
        } else {
            let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
        }
    }
}

#[tokio::test]
async fn every_failed_attempt_to_connect_is_repeated() {
    let stage = Stage::start("connecting").await;
    for refusal in [
        "",
        "+O",
        "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
        "-ERR max number of clients reached\r\n",
        "+OK\r\n-ERR DB index is out of range\r\n+OK\r\n+OK\r\n",
        "neither\r\n",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut settings = stage.server.settings("payment", 0);
        settings[1].1 = listener.local_addr().unwrap().port().to_string();
        let redis = connect(&settings.into_iter().collect::<Env>()).unwrap();
        let between = tokio::spawn(stand_between(listener, stage.server.port, refusal.as_bytes()));
        let answered = async {
            while cmd("PING").query_async::<String>(&mut redis.connection()).await.is_err() {
                yield_now().await;
            }
        };
        assert!(timeout(Duration::from_secs(10), answered).await.is_ok(), "after {refusal:?}");
        between.abort();
    }
}

#[tokio::test]
async fn silent_connection_is_replaced() {
    let stage = Stage::start("silent").await;
    let cable = Cable::to(stage.server.port).await.unwrap();
    let mut settings = stage.server.settings("payment", 0);
    settings[1].1 = cable.port.to_string();
    let redis = connect(&settings.into_iter().collect::<Env>()).unwrap();
    let ping = async || cmd("PING").query_async::<String>(&mut redis.connection()).await;
    assert_eq!(ping().await.unwrap(), "PONG");
    cable.lose();
    let answered = async { while ping().await.is_err() {} };
    assert!(timeout(Duration::from_secs(10), answered).await.is_ok());
}
