//! Waiting until a server serves.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::{
    leash::Leashed,
    wait::{Say, Wait},
};

/// A user who may ask whether the data is loaded, and nothing else: without a login a server that still loads says only that it
/// wants one. The chart's server has the same.
pub(super) const PROBE: &str = "user probe on nopass resetkeys -@all +ping\n";

/// Waits until the server on `port`, which is `process`, has loaded its data.
pub(super) async fn ready(process: &mut Leashed, port: u16, say: Say<'_>) -> Result<()> {
    let mut wait = Wait::new("Redis", say);
    loop {
        let answer = ping(port).await;
        match answer.as_deref() {
            Some("+PONG") => return Ok(()),
            answer => {
                if let Some(status) = process.ended() {
                    bail!("Redis ended ({status}):\n{}", process.last_lines(10).join("\n"));
                }
                wait.go_on(answer.map(|answer| answer.trim_start_matches('-'))).await?;
            }
        }
    }
}

/// What the server answers the probe; one without users takes its login for a mistake, and answers all the same.
async fn ping(port: u16) -> Option<String> {
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"AUTH probe any\r\nPING\r\n").await?;
        let mut lines = BufReader::new(stream).lines();
        let _login = lines.next_line().await?;
        lines.next_line().await
    };
    timeout(Duration::from_secs(2), exchange).await.ok()?.ok()?
}
