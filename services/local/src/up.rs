//! Starts, watches and stops the shop.

use std::{
    convert::Infallible,
    future::{Future, pending},
    path::Path,
    sync::Arc,
};

use anyhow::{Result, bail};
use estore_testbed::{Limits, Options, Ports, Shop, Stores, prepare};
use tokio::{
    select,
    signal::unix::{Signal, SignalKind, signal},
};

use crate::{
    demo,
    lock::lock,
    observe,
    ports::Beside,
    running::{Companions, Running},
    settings::{self, Demo, Given},
    tell::{say, welcome},
    tend,
    watch::{self, Build},
};

const ADMIN: (&str, &str) = ("admin@example.com", "correct-horse-battery-staple");
/// The project's root. `./dev` starts this program there.
const PROJECT: &str = ".";

/// The parts beside the shop.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extras {
    /// Prometheus and the engine room.
    pub(crate) observe: bool,
    /// The same, and faults, load and audit.
    pub(crate) demo: bool,
}

impl Extras {
    /// Returns whether the engine room is open.
    pub(crate) fn has_engine(self) -> bool {
        self.observe || self.demo
    }
}

/// The choices of the person at the terminal.
pub(crate) struct Plan {
    pub(crate) limits: Limits,
    pub(crate) ports: Ports,
    pub(crate) extras: Extras,
    /// Builds what changes, if sources are watched.
    pub(crate) build: Option<Build>,
}

/// The signals that end the run.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    async fn asked(&mut self) {
        select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

pub(crate) async fn run(directory: &Path, plan: Plan) -> Result<()> {
    let Plan { limits, ports, extras, build } = plan;
    let directory = &prepare(directory)?;
    let _lock = lock(directory)?;
    if extras.has_engine() {
        observe::check()?;
        // Programs of an earlier run may still listen on the ports.
        Shop::clear(directory, &|line| say(&format!("  · {line}"))).await?;
    }
    let beside = if extras.has_engine() { Some(Beside::choose(ports, extras.demo)?) } else { None };
    let mut stop =
        Stop { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? };
    let Given { mut settings, demo, unused } = settings::from_process(limits);
    if let Some(beside) = &beside {
        demo::add_settings(&mut settings, beside, extras);
    }
    let options = Options {
        directory: directory.to_owned(),
        project: PROJECT.into(),
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
    let started = select! {
        running = start(options, beside.as_ref(), extras, &demo) => Some(running?),
        () = stop.asked() => None,
    };
    let Some(running) = started else {
        say("\nStopping");
        // The programs end because nobody holds them any more.
        until_asked_again(&mut stop, Shop::clear(directory, &|_| ())).await?;
        bail!("interrupted; everything that was started is stopped");
    };
    let running = Arc::new(running);
    let faults =
        beside.filter(|_| extras.demo).map(|beside| demo::faults(&running, beside.chaos, demo.chaos));
    welcome(&*running.shop().await, ADMIN, beside.as_ref(), extras);
    select! {
        never = tended(&running, extras) => match never {},
        never = optional(extras.demo.then(|| demo::audit(&running))) => match never {},
        never = optional(build.as_ref().map(|build| watch::run(Path::new(PROJECT), &running, build))) => match never {},
        ended = optional(faults) => ended?,
        () = stop.asked() => {}
    }
    say("\nStopping");
    until_asked_again(&mut stop, running.stop()).await?;
    say("Stopped. The data stays for the next ./dev up.");
    Ok(())
}

/// Waits for the end of all programs. They end by themselves, too, if nobody waits any more.
async fn until_asked_again(stop: &mut Stop, ended: impl Future<Output = Result<()>>) -> Result<()> {
    select! {
        ended = ended => ended,
        () = stop.asked() => bail!("not waiting any more; what still runs ends within half a minute"),
    }
}

/// Starts the shop and the programs beside it.
async fn start(options: Options, beside: Option<&Beside>, extras: Extras, given: &Demo) -> Result<Running> {
    let shop = Shop::start(options).await?;
    let mut companions = Companions::default();
    if let Some(beside) = beside {
        say("  · Prometheus");
        companions.prometheus = Some(observe::start(&shop, beside, extras).await?);
        if extras.demo {
            say("  · faults and load on demand, audit");
            companions.shopper = Some(demo::shopper(&shop, beside.shopper, ADMIN, &given.shopper)?);
        }
    }
    Ok(Running::new(shop, companions))
}

/// Reports parts that die. In a demo, starts them again.
async fn tended(running: &Running, extras: Extras) -> Infallible {
    if extras.demo { tend::revive(running).await } else { tend::report(running).await }
}

/// Waits for `task`, or forever if there is none.
async fn optional<T>(task: Option<impl Future<Output = T>>) -> T {
    match task {
        Some(task) => task.await,
        None => pending().await,
    }
}
