//! Short-lived servers on copies of the data of a server, truncated as a crash might have done it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use anyhow::{Context, Result};

use super::{aof, ready::ready};
use crate::{
    binaries::installed,
    child_guard::ChildGuard,
    ports::{free_port, give_back},
};

/// A server on a copy of the data of another. It ends when this value is dropped, which erases the
/// copy.
pub struct RedisCopy {
    process: ChildGuard,
    directory: PathBuf,
    /// The port on which the server listens.
    pub port: u16,
}

static COUNT: AtomicU64 = AtomicU64::new(0);

impl RedisCopy {
    /// Opens a copy: see [`Redis::open_copy`](super::Redis::open_copy).
    pub(super) async fn open(template: &Path, cut_at_byte: u64) -> Result<Self> {
        let name = format!("copy-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Beside the template, as a hard link cannot reach another disk.
        let directory = template.parent().context("the template's directory")?.join(name);
        let copy = Self::start(template, &directory, cut_at_byte);
        if copy.is_err() {
            let _nothing_there = fs::remove_dir_all(&directory);
        }
        let mut copy = copy?;
        ready(&mut copy.process, copy.port, &|_| ()).await?;
        Ok(copy)
    }

    fn start(template: &Path, directory: &Path, cut_at_byte: u64) -> Result<Self> {
        aof::copy(template, directory, cut_at_byte, true)?;
        let port = free_port()?;
        let mut server = Command::new(installed(&["redis-server", "valkey-server"])?);
        server.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]);
        // The copy is thrown away, so it needs no fsync and no rewrite of its file.
        server.args(["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"]);
        // Tests compare the contents of copies by their digest.
        server.args(["--enable-debug-command", "local"]);
        server.args(["--aof-load-truncated", "yes", "--maxmemory-policy", "noeviction"]);
        server.arg("--dir").arg(directory).current_dir(directory);
        let log = directory.join("redis.log");
        let process = ChildGuard::start_with_grace(&server, None, &log, Duration::ZERO)?;
        Ok(Self { process, directory: directory.to_owned(), port })
    }

    /// Returns the URL of database `db`, for the default user, who has all rights here.
    #[must_use]
    pub fn url(&self, db: u8) -> String {
        format!("redis://127.0.0.1:{}/{db}", self.port)
    }

    /// The server process, for tests that watch it.
    pub fn process(&mut self) -> &mut ChildGuard {
        &mut self.process
    }
}

impl Drop for RedisCopy {
    fn drop(&mut self) {
        self.process.end();
        give_back(self.port);
        // The copy may be gone already, with the directory above it.
        let _gone = fs::remove_dir_all(&self.directory);
    }
}
