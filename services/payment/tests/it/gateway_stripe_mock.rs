//! The shape of every request, against Stripe's own mock, which knows the parameters of each.
//! `scripts/stripe_mock.sh` builds the mock if Go is installed.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use estore_base::config::{Env, Setting};
use estore_payment::gateway::{CardGateway, CreatedPayment, PaymentState, Stripe};
use secrecy::SecretString;
use time::OffsetDateTime;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines, copy},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command},
    task::JoinSet,
};

use crate::gateway_contract::{GOOD, card, order, usd, user};

fn program() -> Option<PathBuf> {
    let env = Env::from_process();
    let cache: Option<PathBuf> = env.optional(&Setting::directory("XDG_CACHE_HOME", "")).unwrap();
    let home: Option<PathBuf> = env.optional(&Setting::directory("HOME", "")).unwrap();
    let cache = cache.or_else(|| Some(home?.join(".cache")))?;
    Some(cache.join("estore/tools/bin/stripe-mock")).filter(|program| program.exists())
}

/// Starts the mock on free ports of this machine. It ends with the child process, which keeps its
/// output open.
async fn start(program: PathBuf) -> (Child, Lines<BufReader<ChildStdout>>, String) {
    let mut mock = Command::new(program)
        .args(["-http-addr", "127.0.0.1:", "-https-addr", "127.0.0.1:", "-strict-version-check"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(mock.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, address)) = line.split_once("HTTP at address: ") {
            let address = address.to_owned();
            return (mock, lines, address);
        }
    }
    panic!("stripe-mock ended before it listened")
}

/// Forwards bytes to `upstream` and records the answers.
async fn watched(upstream: String, seen: Arc<Mutex<Vec<u8>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&upstream).await.unwrap();
            let seen = seen.clone();
            connections.spawn(async move {
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let back = async {
                    let mut buffer = vec![0; 1 << 16];
                    while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
                        seen.lock().unwrap().extend_from_slice(&buffer[..length]);
                        if to_client.write_all(&buffer[..length]).await.is_err() {
                            break;
                        }
                    }
                };
                tokio::select! {
                    _ = copy(&mut from_client, &mut to_server) => {}
                    () = back => {}
                }
            });
        }
    });
    base
}

#[tokio::test]
async fn stripes_mock_accepts_every_request() {
    let Some(program) = program() else {
        println!("skipped: stripe-mock is not there; ./dev test builds it where Go is installed");
        return;
    };
    let (_mock, _output, address) = start(program).await;
    let seen = Arc::default();
    let base = watched(address, Arc::clone(&seen)).await;
    let gateway = Stripe::new(&base, &SecretString::from("sk_test_123"), Duration::from_secs(30)).unwrap();
    let order = order(1);

    let CreatedPayment::Id(payment) = gateway.create(order, user(), usd(2000)).await.unwrap() else {
        panic!("nothing was voided");
    };
    // The mock always answers with the same payment, to which nothing happened. Only the fact that
    // it answers counts.
    let state = gateway.authorize(order, &payment, &card(GOOD)).await.unwrap();
    assert_eq!(state, PaymentState::Created);
    assert_eq!(gateway.read(order, &payment).await.unwrap(), PaymentState::Created);
    drop(gateway.capture(order, &payment, false).await);
    drop(gateway.void(order, Some(&payment)).await);
    drop(gateway.refund(order, &payment, 1, usd(100)).await);
    for after in [None, Some(payment.as_str())] {
        gateway.list(OffsetDateTime::UNIX_EPOCH, after).await.unwrap();
    }

    let seen = String::from_utf8(seen.lock().unwrap().clone()).unwrap();
    let statuses: Vec<&str> = seen.split("HTTP/1.1 ").skip(1).filter_map(|answer| answer.get(..3)).collect();
    // create, method, confirm, read; capture; read, cancel; refunds, refund; two lists.
    assert_eq!(statuses, ["200"; 11], "{seen}");
}
