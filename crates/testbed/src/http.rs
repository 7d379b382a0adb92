//! Sends one small HTTP request: a readiness check, or a query to Prometheus.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Returns whether the program with this management port reports that it is ready.
pub async fn is_ready(management_port: u16) -> bool {
    matches!(get(management_port, "/ready").await, Some((200, _)))
}

/// Returns the status and body of `GET path`, or `None` if no server answers.
pub(crate) async fn get(port: u16, path: &str) -> Option<(u16, String)> {
    ask(port, "HTTP/1.1", path).await
}

/// Does the same as [`get`] for a server that sends long answers in chunks. An HTTP/1.0 request
/// forbids chunks.
pub(crate) async fn get_whole(port: u16, path: &str) -> Option<(u16, String)> {
    ask(port, "HTTP/1.0", path).await
}

async fn ask(port: u16, version: &str, path: &str) -> Option<(u16, String)> {
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream
            .write_all(
                format!("GET {path} {version}\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes(),
            )
            .await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = timeout(Duration::from_secs(3), exchange).await.ok()?.ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    Some((status, body))
}
