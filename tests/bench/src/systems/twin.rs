//! The twin: `tests/bench/fastapi`, with a Redis and a Postgres of its own that are as durable as
//! the store's.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use estore_testbed::{ChildGuard, Postgres, Redis, free_port};
use tokio::process::Command as Job;

use super::wait::serving;

/// The directory of its programs, from the root of the project.
const CODE: &str = "tests/bench/fastapi";
/// The number of processes of each service.
const WORKERS: &str = "2";

/// Three services of two processes each.
pub(crate) struct Twin {
    pub(crate) ports: [u16; 3],
    processes: Vec<ChildGuard>,
    redis: Redis,
    postgres: Postgres,
}

impl Twin {
    /// Starts the twin on empty stores with the catalogue in `catalogue`, with the interpreter
    /// `python` of a venv.
    pub(crate) async fn start(python: &Path, directory: &Path, catalogue: &Path) -> Result<Self> {
        ensure!(python.is_file(), "{} is missing: ./dev bench makes it", python.display());
        let redis = Redis::start(&directory.join("twin-redis"), &[("twin", "twin", "+@all ~* &*")]).await?;
        let postgres = Postgres::start(&directory.join("twin-postgres"), true, None).await?;
        let ports = [free_port()?, free_port()?, free_port()?];
        let [user, inventory, payment] = ports;
        let settings = vec![
            ("DATABASE_URL", postgres.database("twin")?),
            ("REDIS_URL", redis.url("twin", 0)),
            ("USER_SERVICE_URL", format!("http://127.0.0.1:{user}")),
            ("INVENTORY_SERVICE_URL", format!("http://127.0.0.1:{inventory}")),
            ("INTERNAL_KEY", secret()),
            ("JWT_SECRET", secret()),
            ("CARD_KEY", secret()),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
            ("PATH", path()?),
        ];
        let code =
            PathBuf::from(CODE).canonicalize().with_context(|| format!("{CODE}: run it in the project"))?;
        let seeded = Job::new(python)
            .args(["-m", "twin.seed"])
            .arg(catalogue)
            .current_dir(&code)
            .env_clear()
            .envs(settings.clone())
            .output()
            .await?;
        ensure!(seeded.status.success(), "twin.seed failed:\n{}", String::from_utf8_lossy(&seeded.stderr));
        let mut twin = Self { ports, processes: Vec::new(), redis, postgres };
        for (name, port) in [("user", user), ("inventory", inventory), ("payment", payment)] {
            let mut command = Command::new(python);
            command.args(["-m", "twin.serve", name, &port.to_string(), WORKERS]);
            command.current_dir(&code).envs(settings.clone());
            let mut process = ChildGuard::hold(&command, &directory.join(format!("twin-{name}.log")))?;
            serving(&format!("the twin's {name} service"), &mut process, port).await?;
            twin.processes.push(process);
        }
        Ok(twin)
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        for process in &mut self.processes {
            process.stop().await?;
        }
        self.redis.process().stop().await?;
        self.postgres.stop().await
    }
}

/// Returns 32 bytes in hexadecimal, for a shop that lives for minutes and has no personal data.
fn secret() -> String {
    format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is no service")]
fn path() -> Result<String> {
    env::var("PATH").context("PATH")
}
