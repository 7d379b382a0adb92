//! Latency for others while one address holds ten thousand idle connections. It is reported and not
//! judged, as machines are shared.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use reqwest::{Client, Url};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::spawn_blocking;

const CROWD: usize = 10_000;
const REQUESTS: usize = 3_000;

/// Reports the 99th percentile of `url` for a client at 127.0.0.2, alone and beside the idle
/// connections.
pub(crate) async fn report(url: &str) -> Result<()> {
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files })?;
    let alone = slow(url).await?;
    let target: Url = url.parse()?;
    let port = target.port().context("a port")?;
    let connect = move || (0..CROWD).map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port))).collect();
    let crowd: io::Result<Vec<TcpStream>> = spawn_blocking(connect).await?;
    let (crowd, beside) = (crowd?, slow(url).await?);
    writeln!(
        io::stdout(),
        "beside {} idle connections of one address: p99 {beside:?}, alone {alone:?} ({:.1} times)",
        crowd.len(),
        beside.as_secs_f64() / alone.as_secs_f64()
    )?;
    Ok(())
}

async fn slow(url: &str) -> Result<Duration> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark is no service")]
    let client = Client::builder().local_address(IpAddr::from([127, 0, 0, 2])).build()?;
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let began = Instant::now();
        client.get(url).send().await?.error_for_status()?.bytes().await?;
        times.push(began.elapsed());
    }
    times.sort();
    times.get(REQUESTS * 99 / 100).copied().context("times")
}
