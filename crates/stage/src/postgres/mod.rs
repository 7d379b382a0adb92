//! A private Postgres.

mod data;
mod place;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{net::TcpStream, task::spawn_blocking, time::sleep};

use crate::{
    binaries::installed,
    encryption::Encryption,
    leash::{Leashed, RunAs},
    ports::{free_port, is_free},
    shop::ensure_room,
    wait::{Say, Wait},
};

/// A server of our own, with its data in its own directory.
pub struct Postgres {
    process: Leashed,
    home: PathBuf,
    port: u16,
    password: String,
    user: Option<RunAs>,
    durable: bool,
    encrypted: bool,
}

/// What a server says that will let clients in later.
const BUSY: [&str; 4] = ["starting up", "not yet accepting", "shutting down", "recovery mode"];

/// A database that is always there.
const ANY: &str = "template1";

impl Postgres {
    /// Starts on the data below `directory`, which is made where there is none. Without `durable` it forgets what a crash
    /// of the machine interrupts, is faster, and shares its password with others of this build: for tests. With
    /// `encryption`, it speaks TLS, too.
    pub async fn start(directory: &Path, durable: bool, encryption: Option<&Encryption>) -> Result<Self> {
        Self::start_telling(directory, durable, encryption, &|_| ()).await
    }

    /// The same, and tells `say` how long it recovers.
    pub(crate) async fn start_telling(
        directory: &Path,
        durable: bool,
        encryption: Option<&Encryption>,
        say: Say<'_>,
    ) -> Result<Self> {
        let directory = directory.to_owned();
        let pair = encryption.map(|encryption| [encryption.certificate.clone(), encryption.key.clone()]);
        let encrypted = pair.is_some();
        let prepare = move || {
            let (user, home) = (place::other_user()?, Self::home(&directory)?);
            ensure_room(&home)?;
            let password = data::prepare(&home, user, durable)?;
            for (from, name) in pair.iter().flatten().zip(["server.crt", "server.key"]) {
                // Its own, which it must be.
                let to = home.join(name);
                fs::copy(from, &to).with_context(|| from.display().to_string())?;
                place::own(&to, user)?;
            }
            anyhow::Ok((home, password, user))
        };
        let (home, password, user) = spawn_blocking(prepare).await??;
        let port = free_port()?;
        let process = launch(&home, port, durable, encrypted, user, None)?;
        let mut postgres = Self { process, home, port, password, user, durable, encrypted };
        postgres.ready(say).await?;
        Ok(postgres)
    }

    /// The directory with the data and log of a server that [`start`](Self::start)s on `directory`.
    pub fn home(directory: &Path) -> Result<PathBuf> {
        place::home(directory, place::other_user()?)
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory with its data and log.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.home
    }

    /// The URL of a database, which is made where there is none.
    pub fn database(&self, name: &str) -> Result<String> {
        let there = self.sql(ANY, &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"))?;
        if there.trim().is_empty() {
            self.sql(ANY, &format!("CREATE DATABASE {name}"))?;
        }
        Ok(self.url_by(self.port, name))
    }

    /// The URL of a database for those who reach the server at `port`.
    pub(crate) fn url_by(&self, port: u16, name: &str) -> String {
        let password = self.password.replace('/', "%2F").replace('+', "%2B");
        format!("postgresql://estore:{password}@127.0.0.1:{port}/{name}")
    }

    /// The password of its one user.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// What a statement answers, as `psql` shows it.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let mut psql = Command::new(installed(&["psql"])?);
        psql.args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-U",
            "estore",
            "-d",
            database,
            "-w",
            "-qtAX",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
        ]);
        let output = psql.env("PGPASSWORD", &self.password).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The process, to be watched.
    pub fn process(&mut self) -> &mut Leashed {
        &mut self.process
    }

    /// Kills it as a crash would, and starts it again on the same data and port.
    pub async fn crash_and_restart(&mut self) -> Result<()> {
        self.kill().await?;
        self.start_again().await
    }

    /// Kills it as a crash would; it may be dead already.
    pub async fn kill(&mut self) -> Result<()> {
        // What was stopped would never notice the death of the first process. Without `ps` nothing was.
        let children = self.children().unwrap_or_default();
        self.process.kill().await?;
        send("CONT", &children)
    }

    /// Starts it again on the same data and port, and waits until it answers.
    pub async fn start_again(&mut self) -> Result<()> {
        self.gone().await?;
        self.process = launch(&self.home, self.port, self.durable, self.encrypted, self.user, None)?;
        self.recovered().await
    }

    /// Starts it again on the same data and port, so that it recovers for a few times `pause`, and lets nobody in meanwhile:
    /// as one does that was killed under load. [`recovered`](Self::recovered) waits for it.
    pub async fn start_recovering(&mut self, pause: Duration) -> Result<()> {
        self.gone().await?;
        let signal = self.home.join("data/recovery.signal");
        fs::write(&signal, "")?;
        place::own(&signal, self.user)?;
        self.process = launch(&self.home, self.port, self.durable, self.encrypted, self.user, Some(pause))?;
        Ok(())
    }

    /// Waits until all of it is gone.
    async fn gone(&mut self) -> Result<()> {
        ensure!(self.process.ended().is_some(), "Postgres still runs");
        let deadline = Instant::now() + Duration::from_secs(20);
        // The server's own children notice its death a moment later, and hold the data until then.
        while !is_free(self.port) {
            ensure!(Instant::now() < deadline, "port {} stays taken", self.port);
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Waits until it lets clients in.
    pub async fn recovered(&mut self) -> Result<()> {
        self.ready(&|_| ()).await
    }

    /// Stops it where it stands, with the processes that serve its connections.
    pub fn pause(&mut self) -> Result<()> {
        // The first one first: after that there are no new ones.
        self.process.pause()?;
        send("STOP", &self.children()?)
    }

    /// Lets it go on.
    pub fn resume(&mut self) -> Result<()> {
        send("CONT", &self.children()?)?;
        self.process.resume()
    }

    fn children(&self) -> Result<Vec<String>> {
        let listed = Command::new("ps").args(["-A", "-o", "ppid=,pid="]).output().context("ps")?;
        let own = self.process.pid().to_string();
        let pair = |line: &str| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        };
        let pairs = String::from_utf8_lossy(&listed.stdout).lines().filter_map(pair).collect::<Vec<_>>();
        Ok(pairs.into_iter().filter(|(parent, _)| *parent == own).map(|(_, child)| child).collect())
    }

    async fn ready(&mut self, say: Say<'_>) -> Result<()> {
        let mut wait = Wait::new("Postgres", say);
        loop {
            let mut refused = String::new();
            // Whether somebody listens is asked for less than the start of a client costs.
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                match self.sql(ANY, "SELECT 1") {
                    Ok(_) => return Ok(()),
                    Err(error) => refused = error.to_string(),
                }
            }
            if let Some(status) = self.process.ended() {
                bail!("Postgres ended ({status}):\n{}", self.process.last_lines(10).join("\n"));
            }
            let busy = refused.split("FATAL:").nth(1).map(str::trim);
            let busy = busy.filter(|reason| BUSY.iter().any(|part| reason.contains(part)));
            wait.go_on(busy).await.with_context(|| refused.clone())?;
        }
    }

    /// Stops it.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }

    /// Erases the data that [`Postgres::start`] keeps for `directory`, also where it had to be put elsewhere.
    pub fn erase(directory: &Path) -> Result<()> {
        for place in [directory.to_owned(), place::elsewhere(directory)] {
            if place.exists() {
                fs::remove_dir_all(&place).with_context(|| place.display().to_string())?;
            }
        }
        Ok(())
    }
}

fn launch(
    home: &Path,
    port: u16,
    durable: bool,
    encrypted: bool,
    user: Option<RunAs>,
    pause: Option<Duration>,
) -> Result<Leashed> {
    let mut server = Command::new(installed(&["postgres"])?);
    server.arg("-D").arg(home.join("data")).arg("-p").arg(port.to_string()).arg("-k").arg("");
    server.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
    if !durable {
        // A crash of the server alone still loses nothing: what it committed is with the system, if not on disk.
        server.args(["-c", "fsync=off"]);
    }
    if encrypted {
        for (setting, file) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
            server.arg("-c").arg(format!("{setting}={}", home.join(file).display()));
        }
        server.args(["-c", "ssl=on"]);
    }
    if let Some(pause) = pause {
        // It asks an archive for what it lacks, which takes its time and has nothing.
        server.arg("-c").arg(format!("restore_command=sleep {}; false", pause.as_secs_f64()));
        server.args(["-c", "hot_standby=off"]);
    }
    server.env("LC_ALL", "C").current_dir(home);
    Leashed::start(&server, user, &home.join("postgres.log"))
}

/// Sends a signal to processes of which some may have ended meanwhile.
fn send(signal: &str, pids: &[String]) -> Result<()> {
    if !pids.is_empty() {
        let _some_gone = Command::new("kill").arg(format!("-{signal}")).args(pids).output()?;
    }
    Ok(())
}
