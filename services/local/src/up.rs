//! Starting, watching, stopping.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use estore_stage::{Leashed, Limits, Options, Ports, ServiceName, Shop, Stores};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::interval,
};

use crate::{
    observe::{self, Observer},
    tell::{complain, say, welcome},
};

const ADMIN: (&str, &str) = ("admin@example.com", "correct-horse-battery-staple");

pub(crate) async fn run(directory: &Path, limits: Limits, observe: bool) -> Result<()> {
    fs::create_dir_all(directory)?;
    let _lock = lock(directory)?;
    if observe {
        observe::check()?;
    }
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let settings = [("LOG_FORMAT", "pretty")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let options = Options {
        directory: directory.to_owned(),
        project: ".".into(),
        ports: Ports::Seed,
        durable: true,
        replicas: 1,
        proxied: false,
        stores: Stores::Plain,
        seed: 0,
        faults: false,
        mails_kept: 1_000,
        limits,
        settings: settings.into_iter().collect(),
        admin: (ADMIN.0.to_owned(), ADMIN.1.to_owned()),
        progress: Box::new(|line| say(&format!("  · {line}"))),
    };
    say("Starting E-Store");
    let mut shop = tokio::select! {
        shop = Shop::start(options) => shop?,
        _ = interrupt.recv() => bail!("interrupted; everything that was started is stopped"),
        _ = terminate.recv() => bail!("terminated; everything that was started is stopped"),
    };
    let mut observer = if observe {
        say("  · Prometheus");
        Some(observe::start(&shop).await?)
    } else {
        None
    };
    let page = observer.as_ref().map(|_| observe::PAGE);
    welcome(ADMIN.0, ADMIN.1, &shop.directory().display().to_string(), page);
    tokio::select! {
        never = watch(&mut shop, observer.as_mut()) => match never {},
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    say("\nStopping");
    if let Some(observer) = &mut observer {
        observer.prometheus.stop().await?;
    }
    shop.stop().await?;
    say("Stopped. The data stays for the next ./dev up.");
    Ok(())
}

/// One shop for each directory.
pub(crate) fn lock(directory: &Path) -> Result<File> {
    let file = File::create(directory.join("lock"))?;
    file.try_lock()
        .map_err(|error| anyhow::anyhow!("{error}"))
        .with_context(|| format!("another E-Store runs in {}", directory.display()))?;
    Ok(file)
}

/// Says once of each part that dies how it died. Nothing is started again silently.
async fn watch(shop: &mut Shop, mut observer: Option<&mut Observer>) -> std::convert::Infallible {
    let mut told = BTreeSet::new();
    let mut tick = interval(Duration::from_millis(500));
    loop {
        tick.tick().await;
        for name in ServiceName::ALL {
            report(&format!("estore-{name}"), shop.service(name).process(), &mut told);
        }
        report("Redis", shop.redis.process(), &mut told);
        report("Postgres", shop.postgres.process(), &mut told);
        if let Some(observer) = &mut observer {
            report("Prometheus", observer.prometheus.process(), &mut told);
        }
    }
}

fn report(name: &str, process: &mut Leashed, told: &mut BTreeSet<String>) {
    if let Some(status) = process.ended()
        && told.insert(name.to_owned())
    {
        complain(&format!(
            "\n{name} died ({status}). Its last lines:\n  {}\nThe rest goes on; Ctrl-C, then ./dev up starts it again.",
            process.last_lines(20).join("\n  ")
        ));
    }
}
