//! Tests each toxic, with a server that records each line and sends it back.

use std::{
    io::ErrorKind,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

use super::{Counts, Proxy, Weather, dice::Dice};

const LIMIT: Duration = Duration::from_secs(10);

/// A server that ends when it is dropped, with its connections, as by `kill -9`.
struct Server {
    port: u16,
    lines: Arc<Mutex<Vec<String>>>,
    _running: JoinSet<()>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (mut running, noted) = (JoinSet::new(), lines.clone());
        running.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(echo(stream, noted.clone()));
            }
        });
        Self { port, lines, _running: running }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

async fn echo(stream: TcpStream, lines: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while matches!(stream.read_line(&mut line).await, Ok(1..)) {
        lines.lock().unwrap().push(line.trim().to_owned());
        if stream.write_all(line.as_bytes()).await.is_err() {
            return;
        }
        line.clear();
    }
}

struct Client(BufReader<TcpStream>);

impl Client {
    async fn of(proxy: &Proxy) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    async fn say(&mut self, line: &str) {
        self.0.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// Returns the next line, or the part before the end of the stream.
    async fn hear(&mut self) -> Result<String, ErrorKind> {
        let mut line = String::new();
        match timeout(LIMIT, self.0.read_line(&mut line)).await.expect("an answer or an end") {
            Ok(_) => Ok(line),
            Err(error) => Err(error.kind()),
        }
    }

    async fn asks(&mut self, line: &str) -> Result<String, ErrorKind> {
        self.say(line).await;
        self.hear().await
    }
}

async fn pair() -> (Server, Proxy, Client) {
    let server = Server::start().await;
    let proxy = Proxy::start(vec![server.port], 1).unwrap();
    let mut client = Client::of(&proxy).await;
    assert_eq!(client.asks("hello").await.unwrap(), "hello\n");
    (server, proxy, client)
}

async fn until(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < LIMIT, "it does not come to that");
        tokio::task::yield_now().await;
    }
}

fn refuses(port: u16) -> bool {
    std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err()
}

fn ended(heard: &Result<String, ErrorKind>) -> bool {
    matches!(heard, Err(ErrorKind::ConnectionReset)) || heard.as_deref() == Ok("")
}

#[tokio::test]
async fn clear_passes_large_payloads_and_end_of_stream() {
    let (_server, proxy, mut client) = pair().await;
    let long = "x".repeat(1_000_000);
    assert_eq!(client.asks(&long).await.unwrap().len(), 1_000_001);
    client.0.get_mut().shutdown().await.unwrap();
    assert_eq!(client.hear().await.unwrap(), "");
    assert_eq!(proxy.counts(), Counts { connections: 1, ..Counts::default() });
}

#[tokio::test]
async fn refuse_cuts_open_and_resets_new_connections() {
    let (server, proxy, mut client) = pair().await;
    proxy.set(Weather::Refuse);
    assert_eq!(client.hear().await, Err(ErrorKind::ConnectionReset));
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port)).await.unwrap();
    let _may_fail = stream.write_all(b"no\n").await;
    let heard = timeout(LIMIT, stream.read(&mut [0; 8])).await.unwrap();
    assert_eq!(heard.unwrap_err().kind(), ErrorKind::ConnectionReset);
    proxy.set(Weather::Clear);
    assert_eq!(Client::of(&proxy).await.asks("again").await.unwrap(), "again\n");
    assert_eq!(server.lines(), ["hello", "again"]);
    assert_eq!(proxy.counts(), Counts { connections: 3, refused: 2, ..Counts::default() });
}

#[tokio::test]
async fn brief_refusal_cuts_open_connections() {
    let (_server, proxy, mut client) = pair().await;
    proxy.set(Weather::Refuse);
    proxy.set(Weather::Clear);
    assert_eq!(client.hear().await, Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn freeze_holds_everything_until_it_thaws() {
    let (server, proxy, mut client) = pair().await;
    proxy.set(Weather::Freeze);
    let mut new = Client::of(&proxy).await;
    new.say("new").await;
    client.say("old").await;
    until(|| proxy.counts().held == 4 && proxy.counts().connections == 2).await;
    assert_eq!(server.lines(), ["hello"]);
    proxy.set(Weather::Clear);
    assert_eq!(client.hear().await.unwrap(), "old\n");
    assert_eq!(new.hear().await.unwrap(), "new\n");
    assert_eq!(proxy.counts().late, 4);
}

#[tokio::test]
async fn dropped_answer_closes_connection_after_request_arrives() {
    let (server, proxy, mut client) = pair().await;
    proxy.set(Weather::DropAnswers { chance: 1.0 });
    assert!(ended(&client.asks("lost").await));
    assert_eq!(server.lines(), ["hello", "lost"]);
    assert_eq!(proxy.counts().swallowed, 5);
    proxy.set(Weather::DropAnswers { chance: 0.0 });
    assert_eq!(Client::of(&proxy).await.asks("kept").await.unwrap(), "kept\n");
}

#[tokio::test]
async fn seed_decides_which_answers_are_lost() {
    let lost = async |seed| {
        let server = Server::start().await;
        let proxy = Proxy::start(vec![server.port], seed).unwrap();
        proxy.set(Weather::DropAnswers { chance: 0.5 });
        let mut lost = Vec::new();
        for _ in 0..32 {
            lost.push(ended(&Client::of(&proxy).await.asks("?").await));
        }
        lost
    };
    let first = lost(5).await;
    assert!(first.contains(&true) && first.contains(&false), "{first:?}");
    assert_eq!(first, lost(5).await);
    assert_ne!(first, lost(6).await);
}

#[tokio::test]
async fn delay_takes_time_and_keeps_the_order() {
    let (_server, proxy, mut client) = pair().await;
    let up_to = Duration::from_millis(20);
    proxy.set(Weather::Delay { up_to });
    let began = Instant::now();
    for n in 0..20 {
        client.say(&n.to_string()).await;
    }
    for n in 0..20 {
        assert_eq!(client.hear().await.unwrap(), format!("{n}\n"));
    }
    let [there, back] = [0, 1].map(|direction| Dice::new(1, direction).part_of(up_to));
    assert!(there + back > Duration::from_millis(5) && began.elapsed() >= there + back);
}

#[tokio::test]
async fn late_request_arrives_after_retry_without_answer() {
    let (server, proxy, mut client) = pair().await;
    proxy.set(Weather::Late { chance: 1.0, by: Duration::from_millis(200) });
    assert!(ended(&client.asks("first").await));
    assert_eq!(proxy.counts().held, 6);
    proxy.set(Weather::Clear);
    assert_eq!(Client::of(&proxy).await.asks("second").await.unwrap(), "second\n");
    until(|| server.lines() == ["hello", "second", "first"]).await;
    until(|| proxy.counts().swallowed == 6).await;
    assert_eq!(proxy.counts().late, 6);
}

#[tokio::test]
async fn held_answers_come_once_the_weather_changes() {
    let (server, proxy, mut client) = pair().await;
    proxy.set(Weather::HoldAnswers);
    client.say("one").await;
    client.say("two").await;
    until(|| server.lines() == ["hello", "one", "two"] && proxy.counts().held == 8).await;
    proxy.set(Weather::Clear);
    assert_eq!(client.hear().await.unwrap(), "one\n");
    assert_eq!(client.hear().await.unwrap(), "two\n");
    assert_eq!((proxy.counts().late, proxy.counts().swallowed), (8, 0));
}

#[tokio::test]
async fn held_answers_are_lost_with_their_server() {
    let (server, proxy, mut client) = pair().await;
    proxy.set(Weather::HoldAnswers);
    client.say("one").await;
    until(|| proxy.counts().held == 4).await;
    drop(server);
    assert!(ended(&client.hear().await));
    assert_eq!(proxy.counts().swallowed, 4);
}

#[tokio::test]
async fn cut_answer_is_truncated_and_closes_connection() {
    let (_server, proxy, mut client) = pair().await;
    proxy.set(Weather::CutMidway { chance: 1.0 });
    let heard = client.asks("0123456789").await.unwrap();
    assert!("0123456789".starts_with(&heard) && proxy.counts().swallowed == 11 - heard.len() as u64);
    assert!(ended(&client.hear().await));
}

#[tokio::test]
async fn balancer_rotates_and_skips_unavailable_servers() {
    let (one, two) = (Server::start().await, Server::start().await);
    let proxy = Proxy::start(vec![one.port, two.port], 1).unwrap();
    for _ in 0..4 {
        let _heard = Client::of(&proxy).await.asks("x").await.unwrap();
    }
    assert_eq!((one.lines().len(), two.lines().len()), (2, 2));
    let gone = two.port;
    drop(two);
    until(|| refuses(gone)).await;
    for _ in 0..4 {
        let _heard = Client::of(&proxy).await.asks("x").await.unwrap();
    }
    assert_eq!(one.lines().len(), 6);
    proxy.targets(Vec::new());
    assert!(ended(&Client::of(&proxy).await.hear().await));
    assert_eq!(proxy.counts().refused, 1);
    let port = proxy.port;
    drop(proxy);
    until(|| refuses(port)).await;
}
