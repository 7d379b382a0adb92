//! The baseline of the comparison: an axum handler that does one Redis GET and nothing else, in a
//! process of its own.

use std::{
    env,
    process::{Child, Command},
};

use anyhow::Result;
use axum::{Router, http::header, routing::get};
use redis::{AsyncCommands, Client, aio::ConnectionManager};
use tokio::net::TcpListener;

/// The key of a value as long as the product's answer.
const KEY: &str = "{pay}:bench";

/// Starts the baseline process.
pub(crate) fn start(port: u16, redis: &str) -> Result<Child> {
    Ok(Command::new(env::current_exe()?).args(["bare", &port.to_string(), redis]).spawn()?)
}

/// Serves until it is killed.
#[expect(clippy::disallowed_methods, reason = "the point is that it is bare")]
pub(crate) async fn serve(port: &str, redis: &str) -> Result<()> {
    let mut connection = ConnectionManager::new(Client::open(redis)?).await?;
    let _: () = redis::cmd("SET").arg(KEY).arg("x".repeat(600)).query_async(&mut connection).await?;
    let read = move || {
        let mut connection = connection.clone();
        async move {
            (
                [(header::CONTENT_TYPE, "application/json")],
                connection.get::<_, String>(KEY).await.unwrap_or_default(),
            )
        }
    };
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok(axum::serve(listener, Router::new().route("/", get(read))).await?)
}
