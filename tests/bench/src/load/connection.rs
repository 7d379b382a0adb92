//! One connection of the open model.

use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};

use super::{
    KEY, MADE, Request,
    pace::{Answer, Send},
};

/// The time limit of an answer.
const LIMIT: Duration = Duration::from_secs(10);

/// A connection to one port of this machine. It reopens after it breaks or the server closes it.
pub(super) struct Connection {
    port: u16,
    /// The prefix of the keys of this run.
    run: String,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    pub(super) async fn open(port: u16, run: &str) -> Result<Self> {
        let mut connection = Self { port, run: run.to_owned(), open: None };
        connection.sender().await?;
        Ok(connection)
    }

    async fn sender(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        // A server announces the end of a connection with its last answer.
        let usable = match &mut self.open {
            Some(open) => open.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
            stream.set_nodelay(true)?;
            let (open, driver) = handshake(TokioIo::new(stream)).await?;
            // The request that the connection carries sees how it ends.
            tokio::spawn(async { drop(driver.await) });
            self.open = Some(open);
        }
        self.open.as_mut().context("a connection")
    }

    async fn exchange(&mut self, request: &Request, number: u32, made: &str) -> Result<(u16, Bytes)> {
        let mut builder =
            http::Request::builder().method(request.method.as_str()).uri(request.path.replace(MADE, made));
        builder = builder.header(http::header::HOST, format!("127.0.0.1:{}", self.port));
        for (name, value) in &request.headers {
            let own = (value == KEY).then(|| format!("{}{number:016}", self.run));
            builder = builder.header(name, own.as_ref().unwrap_or(value));
        }
        let request = builder.body(Full::from(request.body.clone()))?;
        let answer = self.sender().await?.send_request(request).await?;
        let status = answer.status().as_u16();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

impl Send for Connection {
    async fn send(&mut self, request: &Request, number: u32, made: Option<&str>) -> Answer {
        let exchange = timeout(LIMIT, self.exchange(request, number, made.unwrap_or_default())).await;
        if let Ok(Ok((status, body))) = exchange {
            return Answer { status, body };
        }
        // Broken or timed out: it counts as a failure, and the next request gets a new connection.
        self.open = None;
        Answer { status: 0, body: Bytes::new() }
    }
}

/// Returns the `id` in a JSON object.
pub(super) fn id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get("id")?.as_str()?.to_owned())
}
