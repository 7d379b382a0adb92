//! A private Redis.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{binaries::installed, leash::Leashed, ports::free_port};

/// A server of our own, which keeps on disk whatever it answered (order-flow section 1).
pub struct Redis {
    process: Leashed,
    directory: PathBuf,
    /// Where it listens.
    pub port: u16,
}

/// A user of the server: name, password, rules.
pub type AclUser<'a> = (&'a str, &'a str, &'a str);

impl Redis {
    /// Starts on the data in `directory` with these users and no other.
    pub async fn start(directory: &Path, users: &[AclUser<'_>]) -> Result<Self> {
        fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
        let directory = fs::canonicalize(directory)?;
        let line = |(name, password, rules): &AclUser<'_>| {
            let rules = rules.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("user {name} on >{password} {rules}\n")
        };
        // Off: nobody is the default user. But not without rights: as it loads its file, Redis 7.0 checks the commands of
        // each transaction against this user, skips what it may not do, and so loses it.
        let lines = "user default off resetpass ~* &* +@all\n".to_owned()
            + &users.iter().map(line).collect::<String>();
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(directory.join("users.acl"))?;
        file.write_all(lines.as_bytes())?;
        let port = free_port()?;
        let process = launch(&directory, port)?;
        let mut redis = Self { process, directory, port };
        redis.wait().await?;
        Ok(redis)
    }

    /// The process, to be watched.
    pub fn process(&mut self) -> &mut Leashed {
        &mut self.process
    }

    /// Kills it as a crash would, and starts it again on the same data and port.
    pub async fn crash_and_restart(&mut self) -> Result<()> {
        self.process.signal("KILL")?;
        self.process.wait(Duration::from_secs(10)).await?;
        self.process = launch(&self.directory, self.port)?;
        self.wait().await
    }

    /// What a command answers, as `redis-cli` shows it, where `user` (with the shop's password) sends it.
    pub fn ask(&self, user: &str, password: &str, command: &[&str]) -> Result<String> {
        let mut cli = Command::new(installed(&["redis-cli", "valkey-cli"])?);
        cli.args(["-p", &self.port.to_string(), "--user", user, "--no-auth-warning"]).args(command);
        let output = cli.env("REDISCLI_AUTH", password).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Stops it.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }

    async fn wait(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_mins(1);
        // Refused for want of a login is an answer; LOADING is one that says wait.
        while !matches!(ping(self.port).await, Some(answer) if answer.contains("NOAUTH") || answer.contains("PONG"))
        {
            if let Some(status) = self.process.ended() {
                bail!("Redis ended ({status}):\n{}", self.process.last_lines(10).join("\n"));
            }
            ensure!(Instant::now() < deadline, "Redis does not answer");
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

fn launch(directory: &Path, port: u16) -> Result<Leashed> {
    let mut server = Command::new(installed(&["redis-server", "valkey-server"])?);
    server.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]);
    server.args(["--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no"]);
    server.args(["--aof-load-truncated", "yes", "--maxmemory-policy", "noeviction"]);
    server
        .arg("--dir")
        .arg(directory)
        .arg("--aclfile")
        .arg(directory.join("users.acl"))
        .current_dir(directory);
    Leashed::start(&server, None, &directory.join("redis.log"))
}

async fn ping(port: u16) -> Option<String> {
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 128];
        let read = stream.read(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(answer.get(..read).unwrap_or_default()).into_owned())
    };
    timeout(Duration::from_secs(2), exchange).await.ok()?.ok()
}
