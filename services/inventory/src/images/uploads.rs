//! The bounds on uploads in progress.

use std::sync::Arc;

use axum::extract::Request;
use estore_server::{Problem, extract::read_file};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{Format, Size};

/// The largest image, in bytes.
const LIMIT: usize = 5 * 1024 * 1024;

/// The most uploads that are read at a time. Memory holds each twice when it has arrived.
const READ: usize = 2;

/// The uploads in progress. Others wait.
pub(crate) struct Uploads {
    reads: Semaphore,
    /// One image is checked at a time, as it may take 64 MiB of memory.
    checks: Arc<Semaphore>,
}

impl Uploads {
    pub(crate) fn new() -> Self {
        Self { reads: Semaphore::new(READ), checks: Arc::new(Semaphore::new(1)) }
    }

    /// Reads an image and checks it, on a thread that may block. Returns its bytes and its size.
    pub(crate) async fn read(&self, format: Format, request: Request) -> Result<(Vec<u8>, Size), Problem> {
        let _read = self.reads.acquire().await.map_err(Problem::internal)?;
        let data = read_file(request, LIMIT).await?;
        let check = self.checks.clone().acquire_owned().await.map_err(Problem::internal)?;
        let checked = spawn_blocking(move || {
            let size = format.measure(&data);
            // Also if the client is gone, the next check begins after this one.
            drop(check);
            size.map(|size| (data, size))
        });
        Ok(checked.await.map_err(Problem::internal)??)
    }
}
