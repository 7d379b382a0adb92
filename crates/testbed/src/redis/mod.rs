//! A private Redis server.

mod aof;
mod clock;
mod copy;
mod functions;
mod ready;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, ensure};
use tokio::task::spawn_blocking;

use crate::{
    binaries::installed, child_guard::ChildGuard, encryption::Encryption, ports::free_port, wait::Say,
};
pub use aof::AppendOnlyFile;
use clock::Clock;
pub use copy::RedisCopy;
pub use functions::library;
use ready::{PROBE, ready};

/// A private server, which keeps on disk every write that it has confirmed (order-flow section 1).
pub struct Redis {
    process: ChildGuard,
    directory: PathBuf,
    passwords: BTreeMap<String, String>,
    /// The clock, or the reason why there is none.
    clock: Result<Clock, String>,
    /// The port on which the server listens.
    pub port: u16,
    /// The port for TLS, and the arguments that enable it.
    encrypted: Option<(u16, Vec<String>)>,
    environment: Vec<(String, String)>,
}

/// A user of the server: name, password and rules.
pub type AclUser<'a> = (&'a str, &'a str, &'a str);

/// The rights of an observer: read everything, write nothing.
pub(crate) const OBSERVER: &str = "-@all +@read +@connection +info +time +config|get allkeys";
/// The rights of an operator: everything.
pub(crate) const OPERATOR: &str = "+@all ~* &*";

impl Redis {
    /// Starts on the data in `directory`, with these users and no others.
    pub async fn start(directory: &Path, users: &[AclUser<'_>]) -> Result<Self> {
        Self::start_with(directory, users, false, None, &|_| ()).await
    }

    /// Does the same as [`start`](Self::start), with these environment variables.
    pub async fn start_in(
        directory: &Path,
        users: &[AclUser<'_>],
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment = environment.iter().map(owned).collect();
        Self::start_as(directory, users, false, None, environment, &|_| ()).await
    }

    /// Does the same as [`start`](Self::start), and reports to `say` how long the data takes to
    /// load. With `own_clock`, [`step_clock`](Self::step_clock) can set the clock of the server.
    /// With `encryption`, a second port speaks TLS.
    pub(crate) async fn start_with(
        directory: &Path,
        users: &[AclUser<'_>],
        own_clock: bool,
        encryption: Option<&Encryption>,
        say: Say<'_>,
    ) -> Result<Self> {
        Self::start_as(directory, users, own_clock, encryption, Vec::new(), say).await
    }

    async fn start_as(
        directory: &Path,
        users: &[AclUser<'_>],
        own_clock: bool,
        encryption: Option<&Encryption>,
        environment: Vec<(String, String)>,
        say: Say<'_>,
    ) -> Result<Self> {
        fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
        let directory = fs::canonicalize(directory)?;
        write_users(&directory, users)?;
        let clock = if own_clock {
            let directory = directory.clone();
            spawn_blocking(move || Clock::make(&directory)).await?.map_err(|error| format!("{error:#}"))
        } else {
            Err("this server was started with the machine's clock".to_owned())
        };
        let port = free_port()?;
        let encrypted = match encryption {
            Some(encryption) => {
                let port = free_port()?;
                Some((port, tls_arguments(port, encryption)))
            }
            None => None,
        };
        let process = launch(&directory, port, clock.as_ref().ok(), encrypted.as_ref(), &environment, None)?;
        let passwords =
            users.iter().map(|(name, password, _)| ((*name).to_owned(), (*password).to_owned())).collect();
        let mut redis = Self { process, directory, passwords, clock, port, encrypted, environment };
        ready(&mut redis.process, port, say).await?;
        Ok(redis)
    }

    /// The server process, for tests that watch it.
    pub fn process(&mut self) -> &mut ChildGuard {
        &mut self.process
    }

    /// Returns the port for TLS, if the server has one.
    #[must_use]
    pub fn tls_port(&self) -> Option<u16> {
        self.encrypted.as_ref().map(|(port, _)| *port)
    }

    /// The directory of the data.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the URL of database `db` for a user. If there is no such user, the URL has no
    /// password, and every server rejects it.
    #[must_use]
    pub fn url(&self, user: &str, db: u8) -> String {
        let password = self.passwords.get(user).map_or("", String::as_str);
        format!("redis://{user}:{password}@127.0.0.1:{}/{db}", self.port)
    }

    /// Returns the URL of database `db` for the observer, who reads everything and writes nothing.
    #[must_use]
    pub fn observe(&self, db: u8) -> String {
        self.url("observer", db)
    }

    /// Kills the server as a crash would, and starts it again on the same data and port.
    pub async fn crash_and_restart(&mut self) -> Result<()> {
        self.kill().await?;
        self.start_again().await
    }

    /// Kills the server as a crash would. A server that is dead already is no error.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts the server again on the same data and port, and waits until it has loaded the data.
    pub async fn start_again(&mut self) -> Result<()> {
        self.launch_again(None)?;
        self.loaded().await
    }

    /// Starts the server again on the same data and port, with a delay of `pause` for each command
    /// of its append-only file. So it loads for a while, like a server with much data, and reports
    /// that after every 1024 commands. [`loaded`](Self::loaded) waits for the end.
    pub fn start_loading(&mut self, pause: Duration) -> Result<()> {
        self.launch_again(Some(pause))
    }

    /// Waits until the server has loaded its data.
    pub async fn loaded(&mut self) -> Result<()> {
        ready(&mut self.process, self.port, &|_| ()).await
    }

    fn launch_again(&mut self, pause: Option<Duration>) -> Result<()> {
        ensure!(self.process.ended().is_some(), "Redis still runs");
        let (clock, encrypted) = (self.clock.as_ref().ok(), self.encrypted.as_ref());
        self.process = launch(&self.directory, self.port, clock, encrypted, &self.environment, pause)?;
        Ok(())
    }

    /// Sets the clock of the server `seconds` ahead of the machine, at once. A negative number sets
    /// it behind, and 0 corrects it. The setting survives a restart of the server.
    pub fn step_clock(&self, seconds: i64) -> Result<()> {
        let clock = self.clock.as_ref().map_err(|reason| anyhow!("no clock to step: {reason}"))?;
        clock.step(self.process.pid(), seconds)
    }

    /// Returns the file to which the server appends.
    pub fn append_only_file(&self) -> Result<AppendOnlyFile> {
        aof::current(&self.directory)
    }

    /// Copies the data on disk into the directory `to`, for [`open_copy`](Self::open_copy). Make
    /// the copy while the server is dead, paused or idle. During a rewrite of its files, the copied
    /// manifest may name a file that is gone.
    pub fn copy_data(&self, to: &Path) -> Result<()> {
        aof::copy(&self.directory, to, u64::MAX, false)
    }

    /// Starts a server on a copy of the data in `template`. The copy has the first `cut_at_byte`
    /// bytes of the append-only file, as if a crash had lost the rest. It lies beside `template`.
    pub async fn open_copy(template: &Path, cut_at_byte: u64) -> Result<RedisCopy> {
        RedisCopy::open(template, cut_at_byte).await
    }

    /// Sends a command as `user`, with the password of the shop, and returns the answer as
    /// `redis-cli` prints it.
    pub fn ask(&self, user: &str, password: &str, command: &[&str]) -> Result<String> {
        let mut cli = Command::new(installed(&["redis-cli", "valkey-cli"])?);
        cli.args(["-p", &self.port.to_string(), "--user", user, "--no-auth-warning"]).args(command);
        let output = cli.env("REDISCLI_AUTH", password).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Stops the server.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }
}

fn write_users(directory: &Path, users: &[AclUser<'_>]) -> Result<()> {
    let line = |(name, password, rules): &AclUser<'_>| {
        let rules = rules.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("user {name} on >{password} {rules}\n")
    };
    // The default user is off, but keeps all rights. When Redis 7.0 loads its file, it checks the
    // commands of each transaction against this user. It skips the commands that the user may not
    // run, and so loses them.
    let lines = "user default off resetpass ~* &* +@all\n".to_owned()
        + PROBE
        + &users.iter().map(line).collect::<String>();
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(directory.join("users.acl"))?;
    Ok(file.write_all(lines.as_bytes())?)
}

fn tls_arguments(port: u16, encryption: &Encryption) -> Vec<String> {
    let file = |path: &Path| path.display().to_string();
    [
        ("--tls-port", port.to_string()),
        ("--tls-cert-file", file(&encryption.certificate)),
        ("--tls-key-file", file(&encryption.key)),
        ("--tls-ca-cert-file", file(&encryption.authority)),
        // Clients authenticate by password, so they need no certificate.
        ("--tls-auth-clients", "no".to_owned()),
    ]
    .into_iter()
    .flat_map(|(name, value)| [name.to_owned(), value])
    .collect()
}

fn launch(
    directory: &Path,
    port: u16,
    clock: Option<&Clock>,
    encrypted: Option<&(u16, Vec<String>)>,
    environment: &[(String, String)],
    pause: Option<Duration>,
) -> Result<ChildGuard> {
    let mut server = Command::new(installed(&["redis-server", "valkey-server"])?);
    server.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]);
    server.args(["--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no"]);
    server.args(["--aof-load-truncated", "yes", "--maxmemory-policy", "noeviction"]);
    server.arg("--dir").arg(directory).arg("--aclfile").arg(directory.join("users.acl"));
    server.args(encrypted.map(|(_, arguments)| arguments.as_slice()).unwrap_or_default());
    server.envs(environment.iter().map(|(name, value)| (name, value)));
    if let Some(pause) = pause {
        server.args(["--key-load-delay", &pause.as_micros().to_string()]);
    }
    if let Some(clock) = clock {
        clock.give_to(&mut server);
    }
    ChildGuard::start(server.current_dir(directory), None, &directory.join("redis.log"))
}
