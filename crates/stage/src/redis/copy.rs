//! Short-lived servers on copies of a server's data, cut off where a crash might have cut it.

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
    leash::Leashed,
    ports::{free_port, give_back},
};

/// A server on a copy of another's data. It ends when this is dropped, and the copy is erased.
pub struct RedisCopy {
    process: Leashed,
    directory: PathBuf,
    /// Where it listens.
    pub port: u16,
}

static COUNT: AtomicU64 = AtomicU64::new(0);

impl RedisCopy {
    /// See [`Redis::open_copy`](super::Redis::open_copy).
    pub(super) async fn open(template: &Path, cut_at_byte: u64) -> Result<Self> {
        let name = format!("copy-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Beside the template: a link cannot reach another disk.
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
        // Nothing of it is kept, so that nothing need be on disk in time, and no file be written anew.
        server.args(["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"]);
        // What it holds is told apart by its digest.
        server.args(["--enable-debug-command", "local"]);
        server.args(["--aof-load-truncated", "yes", "--maxmemory-policy", "noeviction"]);
        server.arg("--dir").arg(directory).current_dir(directory);
        let log = directory.join("redis.log");
        let process = Leashed::start_with_grace(&server, None, &log, Duration::ZERO)?;
        Ok(Self { process, directory: directory.to_owned(), port })
    }

    /// The URL of database `db`, for the default user, who may do everything here.
    #[must_use]
    pub fn url(&self, db: u8) -> String {
        format!("redis://127.0.0.1:{}/{db}", self.port)
    }

    /// Its process, to be watched.
    pub fn process(&mut self) -> &mut Leashed {
        &mut self.process
    }
}

impl Drop for RedisCopy {
    fn drop(&mut self) {
        self.process.end();
        give_back(self.port);
        // It may be gone already, with the directory that it is in.
        let _gone = fs::remove_dir_all(&self.directory);
    }
}
