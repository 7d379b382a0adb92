//! Starts a shop. Parts that do not depend on each other start at the same time.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    AUDIT, Options, ServiceName, Shop,
    environment::{Environment, Secrets},
    place,
};
use crate::{
    binaries::ours,
    child_guard::ChildGuard,
    encryption::{self, Encryption},
    mailbox::Mailbox,
    postgres::Postgres,
    redis::{OBSERVER, OPERATOR, Redis},
    secrets,
    service::Service,
    wait::Say,
};

/// The time that bootstrap has to end: it waits for stores and services itself, and reports that.
const JOB: Duration = Duration::from_mins(12);
/// The time between two progress lines.
const LINES: Duration = Duration::from_secs(5);
/// The time that the services have to become ready.
const PATIENCE: Duration = Duration::from_secs(90);

impl Shop {
    /// Starts everything, and waits until it serves. No other program may use the directory
    /// meanwhile.
    pub async fn start(options: Options) -> Result<Self> {
        let say = |line: &str| (options.progress)(line);
        let directory = place::prepare(&options.directory)?;
        let postgres_directory = directory.join("postgres");
        place::tell_of_the_future(&directory, &say);
        Self::clear(&directory, &say).await?;
        options.check()?;
        let secrets = Secrets::kept(&directory)?;

        say("certificates, Postgres, Redis, mailbox");
        let tls = directory.join("tls");
        certificates(tls.clone()).await?;
        let encryption = |name| options.are_stores_encrypted().then(|| Encryption::of(name, &tls));
        let (for_postgres, for_redis) = (encryption("postgres"), encryption("redis"));
        let (postgres, redis, mailbox) = tokio::try_join!(
            Postgres::start_telling(&postgres_directory, options.durable, for_postgres.as_ref(), &say),
            redis(&options, &directory, &secrets.redis, for_redis.as_ref(), &say),
            Mailbox::start(options.ports.smtp(), options.ports.mail_page(), options.mails_kept),
        )?;

        let environment = Environment::new(&options, secrets, tls, &postgres, &redis, &mailbox)?;
        secrets::put(&directory.join(AUDIT), &environment.audit_file())?;
        say("services, storefront");
        let mut services = BTreeMap::new();
        for name in ServiceName::WITH_STOREFRONT {
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
            said = bootstrap(&environment, &directory, &["run"], &[], &say) => drop(said?),
            // Bootstrap would wait in vain for a service that has ended.
            why = death(&mut services) => bail!(why),
        }
        let mut shop = Self { services, redis, postgres, mailbox, environment, directory };
        for name in ServiceName::WITH_STOREFRONT {
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
    say: Say<'_>,
) -> Result<String> {
    let mut job = Command::new(ours("estore-bootstrap")?);
    job.args(arguments).envs(environment.of_bootstrap()).envs(extra.iter().copied());
    let log = directory.join("bootstrap.log");
    // An empty log for each run, so that every error in it is of this run.
    fs::write(&log, "")?;
    let mut job = ChildGuard::start(&job, None, &log)?;
    let began = Instant::now();
    while job.wait(LINES).await.is_err() {
        let said = job.last_lines(1).join("");
        ensure!(began.elapsed() < JOB, "bootstrap does not end: {said}");
        say(&format!("bootstrap is still running ({} s): {said}", began.elapsed().as_secs()));
    }
    let said = job.last_lines(20).join("\n");
    ensure!(job.ended().is_some_and(|status| status.success()), "bootstrap failed:\n{said}");
    Ok(said)
}

/// Waits until one of the services has ended, and describes that.
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
    say: Say<'_>,
) -> Result<Redis> {
    let rules = |name: &str| {
        fs::read_to_string(options.project.join(format!("migrations/acl/{name}.acl")))
            .with_context(|| format!("the rules of Redis user {name}"))
    };
    let (inventory, payment, bootstrap) = (rules("inventory")?, rules("payment")?, rules("bootstrap")?);
    let auditor = rules("auditor")?;
    let mut users = vec![
        ("inventory", password, inventory.as_str()),
        ("payment", password, payment.as_str()),
        ("bootstrap", password, bootstrap.as_str()),
        ("auditor", password, auditor.as_str()),
        ("observer", password, OBSERVER),
    ];
    if options.faults {
        users.push(("operator", password, OPERATOR));
    }
    Redis::start_with(&directory.join("redis"), &users, options.faults, encryption, say).await
}

impl Secrets {
    fn kept(directory: &Path) -> Result<Self> {
        let is_new = !directory.join("redis").exists();
        let secret = |name: &str, bytes| secrets::kept(&directory.join(name), bytes, is_new);
        Ok(Self {
            jwt: secret("jwt.secret", 48)?,
            card: secret("card.secret", 32)?,
            pepper: secret("pepper.secret", 32)?,
            session: secret("session.secret", 32)?,
            redis: secret("redis.secret", 24)?.replace(['+', '/'], "x"),
        })
    }
}
