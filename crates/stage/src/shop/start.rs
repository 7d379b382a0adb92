//! Starting a shop: what does not need another part starts at the same time as it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    Options, ServiceName, Shop,
    environment::{Environment, Secrets},
};
use crate::{
    binaries::ours,
    encryption::{self, Encryption},
    leash::Leashed,
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
        certificates(tls.clone()).await?;
        let encryption = |name| options.are_stores_encrypted().then(|| Encryption::of(name, &tls));
        let (for_postgres, for_redis) = (encryption("postgres"), encryption("redis"));
        let (postgres, redis, mailbox) = tokio::try_join!(
            Postgres::start(&postgres_directory, options.durable, for_postgres.as_ref()),
            redis(&options, &directory, &secrets.redis, for_redis.as_ref()),
            Mailbox::start(options.ports.smtp(), options.ports.mail_page(), options.mails_kept),
        )?;

        let environment = Environment::new(&options, secrets, tls, &postgres, &redis, mailbox.smtp_port)?;
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
        say("migrations, function libraries, catalogue");
        tokio::select! {
            said = bootstrap(&environment, &directory, &["run"], &[]) => drop(said?),
            // Which would be waited for in vain.
            why = death(&mut services) => bail!(why),
        }
        let mut shop = Self { services, redis, postgres, mailbox, environment, directory };
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
    job.arg("certificates").arg("--out").arg(directory).args(["--stores", encryption::HOST]);
    let made = spawn_blocking(move || job.output()).await??;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Ok(())
}

pub(super) async fn bootstrap(
    environment: &Environment,
    directory: &Path,
    arguments: &[&str],
    extra: &[(&str, &str)],
) -> Result<String> {
    let mut job = Command::new(ours("estore-bootstrap")?);
    job.args(arguments).envs(environment.of_bootstrap()).envs(extra.iter().copied());
    let log = directory.join("bootstrap.log");
    // Its own file each time, so that what went wrong is this run's.
    fs::write(&log, "")?;
    let mut job = Leashed::start(&job, None, &log)?;
    job.wait(Duration::from_mins(3)).await?;
    let said = job.last_lines(20).join("\n");
    ensure!(job.ended().is_some_and(|status| status.success()), "bootstrap failed:\n{said}");
    Ok(said)
}

/// Waits until one of the services has ended, and tells of it.
async fn death(services: &mut BTreeMap<ServiceName, Vec<Service>>) -> String {
    loop {
        for (name, service) in
            services.iter_mut().flat_map(|(name, all)| all.iter_mut().map(move |one| (name, one)))
        {
            if let Some(status) = service.ended() {
                return format!("estore-{name} ended ({status}):\n{}", service.last_lines(20).join("\n"));
            }
        }
        sleep(Duration::from_millis(20)).await;
    }
}

async fn redis(
    options: &Options,
    directory: &Path,
    password: &str,
    encryption: Option<&Encryption>,
) -> Result<Redis> {
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
    Redis::start_with(&directory.join("redis"), &users, options.faults, encryption).await
}

impl Secrets {
    fn kept(directory: &Path) -> Result<Self> {
        let secret = |name: &str, bytes| secrets::kept(&directory.join(name), bytes);
        Ok(Self {
            jwt: secret("jwt.secret", 48)?,
            card: secret("card.secret", 32)?,
            pepper: secret("pepper.secret", 32)?,
            redis: secret("redis.secret", 24)?.replace(['+', '/'], "x"),
        })
    }
}
