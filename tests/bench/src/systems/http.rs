//! Single requests, to prepare a system.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::load::Request;

const LIMIT: Duration = Duration::from_secs(30);
/// The pause before a retry after a 503.
const PAUSE: Duration = Duration::from_millis(250);

/// Sends one request to a port of this machine. Returns the status and the JSON body, or null if it
/// has none.
pub(crate) async fn call(port: u16, request: &Request) -> Result<(u16, Value)> {
    let exchange = async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let (mut way, driver) = handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(driver);
        let mut builder = http::Request::builder().method(request.method.as_str()).uri(&request.path);
        builder = builder.header("Host", format!("127.0.0.1:{port}")).header("Connection", "close");
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let answer = way.send_request(builder.body(Full::<Bytes>::from(request.body.clone()))?).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        driver.abort();
        anyhow::Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    };
    let name = || format!("{} {} at port {port}", request.method, request.path);
    timeout(LIMIT, exchange).await.with_context(name)?.with_context(name)
}

/// Sends a request whose answer must be `expected`, and retries while the answer is 503.
pub(crate) async fn must(port: u16, request: &Request, expected: u16) -> Result<Value> {
    let began = Instant::now();
    let (mut status, mut body) = call(port, request).await?;
    // A 503 had no effect: a service that has just started may find its peers busy.
    while status == 503 && began.elapsed() < LIMIT {
        sleep(PAUSE).await;
        (status, body) = call(port, request).await?;
    }
    ensure!(
        status == expected,
        "{} {} at port {port} was answered {status} instead of {expected}: {body}",
        request.method,
        request.path
    );
    Ok(body)
}
