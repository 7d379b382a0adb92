//! The whole shop on one machine.

mod environment;
mod options;

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::{
    binaries::ours, leash::Leashed, mailbox::Mailbox, postgres::Postgres, redis::Redis, secrets,
    service::Service,
};
use environment::{Environment, Secrets};
pub use options::{Options, Ports, ServiceName};

/// How long the services may take to be ready.
const PATIENCE: Duration = Duration::from_secs(90);

/// The stores, the mailbox and the four services. All of it ends when this is dropped.
pub struct Shop {
    services: BTreeMap<ServiceName, Service>,
    /// The shop's Redis.
    pub redis: Redis,
    /// The shop's Postgres.
    pub postgres: Postgres,
    /// Where its mails go.
    pub mailbox: Mailbox,
    environment: Environment,
    directory: PathBuf,
}

impl Shop {
    /// Starts everything, and waits until it serves.
    pub async fn start(options: Options) -> Result<Self> {
        let say = |line: &str| (options.progress)(line);
        fs::create_dir_all(&options.directory)?;
        let directory = fs::canonicalize(&options.directory)?;
        options.ports.check()?;
        let secrets = Secrets::kept(&directory)?;

        say("certificates");
        let tls = directory.join("tls");
        let made =
            Command::new(ours("estore-bootstrap")?).arg("certificates").arg("--out").arg(&tls).output()?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

        say("Postgres");
        let postgres = Postgres::start(&directory.join("postgres"), options.durable).await?;
        say("Redis");
        let rules = |name: &str| {
            fs::read_to_string(options.project.join(format!("migrations/acl/{name}.acl")))
                .with_context(|| format!("the rules of Redis user {name}"))
        };
        let (inventory, payment, bootstrap) = (rules("inventory")?, rules("payment")?, rules("bootstrap")?);
        let password = secrets.redis.as_str();
        let mut users = vec![
            ("inventory", password, inventory.as_str()),
            ("payment", password, payment.as_str()),
            ("bootstrap", password, bootstrap.as_str()),
        ];
        // An observer for tests: reads everything, writes nothing.
        users.push(("observer", password, "-@all +@read +@connection +info allkeys"));
        let redis = Redis::start(&directory.join("redis"), &users).await?;
        say("mailbox");
        let mailbox = Mailbox::start(options.ports.smtp(), options.ports.mail_page()).await?;

        let environment = Environment::new(&options, secrets, tls, &postgres, redis.port, mailbox.smtp_port)?;
        say("services");
        let mut services = BTreeMap::new();
        for name in ServiceName::ALL {
            let log = directory.join(format!("{name}.log"));
            services.insert(name, Service::start(&format!("estore-{name}"), environment.of(name), &log)?);
        }
        let mut shop = Self { services, redis, postgres, mailbox, environment, directory };
        say("migrations, function libraries, catalogue");
        shop.bootstrap().await?;
        for name in ServiceName::ALL {
            shop.service(name).ready(PATIENCE).await?;
            say(&format!("{name} is ready"));
        }
        Ok(shop)
    }

    /// Runs the bootstrap job; it can run again at any time.
    pub async fn bootstrap(&self) -> Result<String> {
        let mut job = Command::new(ours("estore-bootstrap")?);
        job.arg("run").envs(self.environment.of_bootstrap());
        let log = self.directory.join("bootstrap.log");
        // Its own file each time, so that what went wrong is this run's.
        fs::write(&log, "")?;
        let mut job = Leashed::start(&job, None, &log)?;
        job.wait(Duration::from_mins(3)).await?;
        let said = job.last_lines(20).join("\n");
        ensure!(job.ended().is_some_and(|status| status.success()), "bootstrap failed:\n{said}");
        Ok(said)
    }

    /// One of the services.
    ///
    /// # Panics
    /// Never: every service is started with the shop.
    #[expect(clippy::expect_used, reason = "every service is started with the shop")]
    pub fn service(&mut self, name: ServiceName) -> &mut Service {
        self.services.get_mut(&name).expect("every service is started with the shop")
    }

    /// Where clients reach a service.
    #[must_use]
    pub fn url(&self, name: ServiceName) -> String {
        format!("http://127.0.0.1:{}", self.environment.port(name))
    }

    /// What a service was started with, such as the secrets that must not leak.
    #[must_use]
    pub fn environment(&self, name: ServiceName) -> BTreeMap<String, String> {
        self.environment.of(name)
    }

    /// The directory with its data and logs.
    #[must_use]
    pub fn directory(&self) -> &PathBuf {
        &self.directory
    }

    /// Stops everything, the stores last.
    pub async fn stop(&mut self) -> Result<()> {
        for service in self.services.values_mut() {
            service.stop().await?;
        }
        self.redis.stop().await?;
        self.postgres.stop().await
    }

    /// Erases what was kept in `directory`.
    pub fn erase(directory: &std::path::Path) -> Result<()> {
        Postgres::erase(&directory.join("postgres"))?;
        if directory.exists() {
            fs::remove_dir_all(directory).with_context(|| directory.display().to_string())?;
        }
        Ok(())
    }
}

impl Secrets {
    fn kept(directory: &std::path::Path) -> Result<Self> {
        let secret = |name: &str, bytes| secrets::kept(&directory.join(name), bytes);
        Ok(Self {
            jwt: secret("jwt.secret", 48)?,
            card: secret("card.secret", 32)?,
            redis: secret("redis.secret", 24)?.replace(['+', '/'], "x"),
        })
    }
}
