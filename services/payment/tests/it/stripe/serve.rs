//! HTTP by hyper itself, which can cut a connection in the middle of an answer.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::body::{Body, Bytes, to_bytes};
use futures::{StreamExt, stream};
use http::{HeaderMap, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet, yield_now},
};

use super::desk::{Answer, Desk, Outcome, Request};

/// Serves `desk` on a free port of this machine; connections end with the task.
pub(super) async fn start(desk: Arc<Mutex<Desk>>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let desk = desk.clone();
            connections.spawn(async move {
                let service = service_fn(move |request| answer(desk.clone(), request));
                // Some tests end the connection early on purpose.
                drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
            });
        }
    });
    (base, server)
}

async fn answer(desk: Arc<Mutex<Desk>>, request: http::Request<Incoming>) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = to_bytes(Body::new(body), 1 << 20).await.map_err(io::Error::other)?;
    let is_post = head.method == http::Method::POST;
    let query = head.uri.query().unwrap_or_default();
    let pairs = if is_post { str::from_utf8(&body).unwrap() } else { query };
    let request = Request {
        is_post,
        path: head.uri.path().split('/').skip(1).map(str::to_owned).collect(),
        pairs: serde_html_form::from_str(pairs).unwrap(),
        key: header(&head.headers, "idempotency-key"),
        authorization: header(&head.headers, "authorization").unwrap_or_default(),
        version: header(&head.headers, "stripe-version").unwrap_or_default(),
    };
    let outcome = desk.lock().unwrap().serve(&request);
    Ok(match outcome {
        Outcome::Answer { answer, replayed } => {
            let mut response = json(&answer, Body::from(answer.1.to_string()));
            if replayed {
                response.headers_mut().insert("idempotent-replayed", "true".parse().unwrap());
            }
            response
        }
        Outcome::Page(status) => {
            Response::builder().status(status).body(Body::from("<html>It will be back soon</html>")).unwrap()
        }
        Outcome::CutOff(answer) => {
            let body = Bytes::from(answer.1.to_string());
            let half = body.slice(..body.len() / 2);
            // The pause lets the first half go out before the connection ends.
            let end = stream::once(async {
                yield_now().await;
                Err(io::Error::other("cut off"))
            });
            json(&answer, Body::from_stream(stream::iter([Ok(half)]).chain(end)))
        }
        Outcome::Never => std::future::pending().await,
        Outcome::Closed => return Err(io::Error::other("closed")),
    })
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().unwrap().to_owned())
}

fn json((status, _): &Answer, body: Body) -> Response<Body> {
    let response = Response::builder().status(*status).header("content-type", "application/json");
    response.header("request-id", "req_ofOurFake").body(body).unwrap()
}
