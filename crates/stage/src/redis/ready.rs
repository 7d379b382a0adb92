//! Waiting until a server serves.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::leash::Leashed;

/// Waits until the server on `port`, which is `process`, has loaded its data.
pub(super) async fn ready(process: &mut Leashed, port: u16) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    // Refused for want of a login is an answer; LOADING is one that says wait.
    while !matches!(ping(port).await, Some(answer) if answer.contains("NOAUTH") || answer.contains("PONG")) {
        if let Some(status) = process.ended() {
            bail!("Redis ended ({status}):\n{}", process.last_lines(10).join("\n"));
        }
        ensure!(Instant::now() < deadline, "Redis does not answer");
        sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

async fn ping(port: u16) -> Option<String> {
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 128];
        let read = stream.read(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(answer.get(..read).unwrap_or_default()).into_owned())
    };
    timeout(Duration::from_secs(2), exchange).await.ok()?.ok()
}
