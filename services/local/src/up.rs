//! Starts, watches and stops the shop.

use std::{collections::BTreeSet, path::Path, time::Duration};

use anyhow::{Result, bail};
use estore_testbed::{ChildGuard, Limits, Options, Ports, ServiceName, Shop, Stores, prepare};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::interval,
};

use crate::{
    lock::lock,
    observe::{self, Observer},
    settings::{self, Given},
    tell::{complain, say, welcome},
};

const ADMIN: (&str, &str) = ("admin@example.com", "correct-horse-battery-staple");

pub(crate) async fn run(directory: &Path, limits: Limits, ports: Ports, observe: bool) -> Result<()> {
    let directory = &prepare(directory)?;
    let _lock = lock(directory)?;
    if observe {
        // Programs of an earlier run may still listen there.
        Shop::clear(directory, &|line| say(&format!("  · {line}"))).await?;
        observe::check()?;
    }
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let Given { settings, unused } = settings::from_process(limits);
    let options = Options {
        directory: directory.to_owned(),
        project: ".".into(),
        ports,
        durable: true,
        replicas: 1,
        proxied: false,
        stores: Stores::Plain,
        seed: 0,
        faults: false,
        mails_kept: 1_000,
        limits,
        settings,
        admin: (ADMIN.0.to_owned(), ADMIN.1.to_owned()),
        progress: Box::new(|line| say(&format!("  · {line}"))),
    };
    say("Starting E-Store");
    for line in unused {
        say(&format!("  ! {line}"));
    }
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
    welcome(&shop, ADMIN, page);
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

/// Reports each part that dies, once. It restarts nothing silently.
async fn watch(shop: &mut Shop, mut observer: Option<&mut Observer>) -> std::convert::Infallible {
    let mut told = BTreeSet::new();
    let mut tick = interval(Duration::from_millis(500));
    loop {
        tick.tick().await;
        for name in ServiceName::WITH_STOREFRONT {
            report(&format!("estore-{name}"), shop.service(name).process(), &mut told);
        }
        report("Redis", shop.redis.process(), &mut told);
        report("Postgres", shop.postgres.process(), &mut told);
        if let Some(observer) = &mut observer {
            report("Prometheus", observer.prometheus.process(), &mut told);
        }
    }
}

fn report(name: &str, process: &mut ChildGuard, told: &mut BTreeSet<String>) {
    if let Some(status) = process.ended()
        && told.insert(name.to_owned())
    {
        complain(&format!(
            "\n{name} died ({status}). Its last lines:\n  {}\nThe other programs keep running. Press Ctrl-C, then run ./dev up to start it again.",
            process.last_lines(20).join("\n  ")
        ));
    }
}
