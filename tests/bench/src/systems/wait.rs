//! Waits until a program serves.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use estore_testbed::ChildGuard;
use tokio::time::sleep;

use super::http::call;
use crate::load::Request;

const LIMIT: Duration = Duration::from_mins(1);

/// Waits until `program` answers `GET /health` at `port` with 200.
pub(super) async fn serving(name: &str, program: &mut ChildGuard, port: u16) -> Result<()> {
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
