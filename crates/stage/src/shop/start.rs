//! Starting a shop: what does not need another part starts at the same time as it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use tokio::task::spawn_blocking;

use super::{
    Options, ServiceName, Shop,
    environment::{Environment, Secrets},
};
use crate::{
    binaries::ours,
    mailbox::Mailbox,
    postgres::Postgres,
    redis::{OBSERVER, OPERATOR, Redis},
    secrets,
    service::Service,
};

/// How long the services may take to be ready.
const PATIENCE: Duration = Duration::from_secs(90);

impl Shop {
    /// Starts everything, and waits until it serves.
    pub async fn start(options: Options) -> Result<Self> {
        let say = |line: &str| (options.progress)(line);
        fs::create_dir_all(&options.directory)?;
        let directory = fs::canonicalize(&options.directory)?;
        options.check()?;
        let secrets = Secrets::kept(&directory)?;

        say("certificates, Postgres, Redis, mailbox");
        let tls = directory.join("tls");
        let postgres_directory = directory.join("postgres");
        let (_made, postgres, redis, mailbox) = tokio::try_join!(
            certificates(tls.clone()),
            Postgres::start(&postgres_directory, options.durable),
            redis(&options, &directory, &secrets.redis),
            Mailbox::start(options.ports.smtp(), options.ports.mail_page(), options.mails_kept),
        )?;

        let environment = Environment::new(&options, secrets, tls, &postgres, redis.port, mailbox.smtp_port)?;
        say("services");
        let mut services = BTreeMap::new();
        for name in ServiceName::ALL {
            let all: Result<Vec<Service>> = (0..options.replicas)
                .map(|replica| {
                    let log =
                        if replica == 0 { format!("{name}.log") } else { format!("{name}-{replica}.log") };
                    let variables = environment.of(name, replica);
                    Service::start(&format!("estore-{name}"), variables, &directory.join(log))
                })
                .collect();
            services.insert(name, all?);
        }
        let mut shop = Self { services, redis, postgres, mailbox, environment, directory };
        say("migrations, function libraries, catalogue");
        shop.bootstrap().await?;
        for name in ServiceName::ALL {
            for service in shop.services.get_mut(&name).into_iter().flatten() {
                service.ready(PATIENCE).await?;
            }
            say(&format!("{name} is ready"));
        }
        Ok(shop)
    }
}

async fn certificates(directory: PathBuf) -> Result<()> {
    let mut job = Command::new(ours("estore-bootstrap")?);
    job.arg("certificates").arg("--out").arg(directory);
    let made = spawn_blocking(move || job.output()).await??;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Ok(())
}

async fn redis(options: &Options, directory: &Path, password: &str) -> Result<Redis> {
    let rules = |name: &str| {
        fs::read_to_string(options.project.join(format!("migrations/acl/{name}.acl")))
            .with_context(|| format!("the rules of Redis user {name}"))
    };
    let (inventory, payment, bootstrap) = (rules("inventory")?, rules("payment")?, rules("bootstrap")?);
    let mut users = vec![
        ("inventory", password, inventory.as_str()),
        ("payment", password, payment.as_str()),
        ("bootstrap", password, bootstrap.as_str()),
        ("observer", password, OBSERVER),
    ];
    if options.faults {
        users.push(("operator", password, OPERATOR));
    }
    Redis::start_with(&directory.join("redis"), &users, options.faults).await
}

impl Secrets {
    fn kept(directory: &Path) -> Result<Self> {
        let secret = |name: &str, bytes| secrets::kept(&directory.join(name), bytes);
        Ok(Self {
            jwt: secret("jwt.secret", 48)?,
            card: secret("card.secret", 32)?,
            redis: secret("redis.secret", 24)?.replace(['+', '/'], "x"),
        })
    }
}
