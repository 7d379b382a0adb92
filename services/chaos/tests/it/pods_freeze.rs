//! Freezing a pod, at an API server that speaks WebSocket.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use estore_chaos::{
    Platform, PlatformError,
    pods::{Pods, Selection},
};
use estore_contract::demo::FaultTarget;
use futures::SinkExt;
use http::HeaderValue;
use kube::{Client, Config};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Bytes, Message,
        handshake::server::{ErrorResponse, Request, Response},
    },
};

use crate::{
    pods::{list, pod, selection},
    running::until,
};

/// The channels of the protocol.
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const STATUS: u8 = 3;

/// The status of a command that freezes, and says nothing.
const HANGS: &str = "hangs";
/// The status of any command on a node that is dead.
const DEAD: &str = "dead";

/// The seconds of each command so far, as the pod and the argument.
type Commands = Arc<Mutex<Vec<(String, String)>>>;

/// Starts a server with the pod `user-1`. Each command prints this line and ends with this status.
async fn pods(line: &'static str, status: &'static str) -> (Pods, Commands) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let commands = Commands::default();
    let seen = commands.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, seen.clone(), line, status));
        }
    });
    let client = Client::try_from(Config::new(url.parse().unwrap())).unwrap();
    (Pods::new(&client, Selection { mailbox: None, ..selection() }), commands)
}

async fn serve(stream: TcpStream, seen: Commands, line: &str, status: &str) {
    let mut first = [0; 4096];
    let length = stream.peek(&mut first).await.unwrap();
    let head = String::from_utf8_lossy(&first[..length]).into_owned();
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    if path.contains("/exec?") {
        command(stream, &path, seen, line, status).await;
    } else {
        let body =
            if path.contains("?&labelSelector") { list(&[pod("user-1", true)]) } else { pod("user-1", true) };
        answer(stream, &body).await;
    }
}

async fn answer(mut stream: TcpStream, body: &Value) {
    let mut request = [0; 4096];
    let _read = stream.read(&mut request).await.unwrap();
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
}

#[expect(clippy::result_large_err, clippy::unnecessary_wraps, reason = "the type of the library")]
fn choose(_: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    let protocol = HeaderValue::from_static("v4.channel.k8s.io");
    response.headers_mut().insert("sec-websocket-protocol", protocol);
    Ok(response)
}

async fn command(stream: TcpStream, path: &str, seen: Commands, line: &str, status: &str) {
    let pod = path.split('/').nth(6).unwrap().to_owned();
    let seconds = path.rsplit("command=").next().unwrap().to_owned();
    let is_freeze = seconds != "0";
    seen.lock().unwrap().push((pod, seconds));
    let mut socket = accept_hdr_async(stream, choose).await.unwrap();
    let mut send = async |channel: u8, text: &str| {
        let bytes: Vec<u8> = std::iter::once(channel).chain(text.bytes()).collect();
        // The caller of a command that freezes may be gone.
        let _sent = socket.send(Message::Binary(Bytes::from(bytes))).await;
    };
    if status == DEAD || is_freeze && status == HANGS {
        return std::future::pending().await;
    }
    if line.is_empty() {
        send(STDERR, "no other process of this program was found").await;
    } else {
        send(STDOUT, &format!("{line}\n")).await;
    }
    // A command that froze something goes on until its time.
    if is_freeze && !line.is_empty() {
        return std::future::pending().await;
    }
    let status = if is_freeze { status } else { "Success" };
    send(STATUS, &json!({"status": status, "message": "command terminated with exit code 1"}).to_string())
        .await;
    let _closed = socket.close(None).await;
}

#[tokio::test]
async fn frozen_pod_is_thawed_by_name() {
    let (pods, commands) = pods("stopped 1 processes", "Success").await;
    let length = Duration::from_secs(7);
    assert_eq!(pods.freeze(FaultTarget::User, length).await, Ok("user-1".to_owned()));
    assert_eq!(pods.thaw(FaultTarget::User).await, Ok(()));
    // The pod is not frozen any more.
    assert_eq!(pods.thaw(FaultTarget::User).await, Ok(()));
    let commands = commands.lock().unwrap().clone();
    let expected = [("user-1", "7"), ("user-1", "0")];
    assert_eq!(commands, expected.map(|(pod, seconds)| (pod.to_owned(), seconds.to_owned())));
}

#[tokio::test]
async fn freeze_that_stops_nothing_tells_why() {
    let (pods, _) = pods("", "Failure").await;
    let failed = pods.freeze(FaultTarget::User, Duration::from_secs(7)).await.unwrap_err();
    let PlatformError::Failed(reason) = failed else { panic!("{failed}") };
    assert!(reason.contains("user-1") && reason.contains("no other process"), "{reason}");
}

#[tokio::test]
async fn freeze_that_was_given_up_is_thawed() {
    let (pods, commands) = pods("stopped 1 processes", HANGS).await;
    let freezing = pods.freeze(FaultTarget::User, Duration::from_secs(7));
    tokio::select! {
        done = freezing => panic!("{done:?}"),
        () = until("the command runs", async || (!commands.lock().unwrap().is_empty()).then_some(())) => {}
    }
    assert_eq!(pods.thaw(FaultTarget::User).await, Ok(()));
    let seconds: Vec<String> = commands.lock().unwrap().iter().map(|(_, seconds)| seconds.clone()).collect();
    assert_eq!(seconds, ["7", "0"]);
}

#[tokio::test]
async fn recovery_leaves_pods_of_a_dead_node() {
    let (pods, commands) = pods("", DEAD).await;
    assert_eq!(pods.recover().await, Ok(()));
    let pods: Vec<String> = commands.lock().unwrap().iter().map(|(pod, _)| pod.clone()).collect();
    assert_eq!(pods, ["user-1"; 4], "one for each service");
}
