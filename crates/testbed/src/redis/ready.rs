//! Waits until a server accepts commands.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::{
    child_guard::ChildGuard,
    wait::{Say, Wait},
};

/// A user who may check if the data is loaded, and nothing else. Without a login, a server that
/// still loads reports only that it requires one. The server of the chart has the same user.
pub(super) const PROBE: &str = "user probe on nopass resetkeys -@all +ping\n";

/// Waits until the server on `port`, which is `process`, has loaded its data.
pub(super) async fn ready(process: &mut ChildGuard, port: u16, say: Say<'_>) -> Result<()> {
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

/// Sends a PING as the probe user, and returns the answer. A server without users rejects the
/// login, and answers the PING all the same.
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
