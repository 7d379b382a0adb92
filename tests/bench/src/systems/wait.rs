//! Waiting until a program serves.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use estore_stage::Leashed;
use tokio::time::sleep;

use super::http::call;
use crate::load::Request;

const LIMIT: Duration = Duration::from_mins(1);

/// Waits until `GET /health` at `port` is answered 200 by `program`.
pub(super) async fn serving(name: &str, program: &mut Leashed, port: u16) -> Result<()> {
    let began = Instant::now();
    while !matches!(call(port, &Request::get("/health")).await, Ok((200, _))) {
        if let Some(status) = program.ended() {
            bail!("{name} ended ({status}):\n{}", program.last_lines(20).join("\n"));
        }
        ensure!(began.elapsed() < LIMIT, "{name} does not answer at port {port}");
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
