//! Sends plain requests, without an HTTP client.

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends a request. Returns the status and the text of the answer, or `None` if nothing listens.
pub(crate) async fn send(port: u16, method: &str, path: &str, body: Option<&str>) -> Option<(u16, String)> {
    send_with(port, (method, path), "", body).await
}

/// Sends a request of a page, as a browser does. Returns the status of the answer.
pub(crate) async fn send_from(origin: &str, port: u16, request: (&str, &str), body: Option<&str>) -> u16 {
    let header = format!("Origin: {origin}\r\n");
    send_with(port, request, &header, body).await.expect("an answer").0
}

async fn send_with(
    port: u16,
    (method, path): (&str, &str),
    headers: &str,
    body: Option<&str>,
) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let body = body.unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}{kind}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let status = answer.split_whitespace().nth(1)?.parse().ok()?;
    let (_, text) = answer.split_once("\r\n\r\n")?;
    Some((status, text.to_owned()))
}

/// Sends a request. Returns the status and the JSON of the answer; null if it is empty.
pub(crate) async fn json(port: u16, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let body = body.map(|body| body.to_string());
    let (status, text) = send(port, method, path, body.as_deref()).await.expect("an answer");
    let value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    (status, value)
}
