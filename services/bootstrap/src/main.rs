//! The bootstrap job's process.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};
use estore_bootstrap::{
    after_restore, archive, certificates, epoch, exit, kubernetes, rotate_cards, say, steps::Step, stores,
};
use estore_kit::{config::Env, fail, process};

/// Prepares the stores and the catalogue of E-Store.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run migrations, load function libraries, create the admin account, seed the catalogue.
    Run,
    /// Make the Secrets of `SECRETS_PLAN` that are missing, in the Kubernetes namespace `POD_NAMESPACE`.
    Secrets,
    /// Bring `Product` and `Category` objects of the namespace `POD_NAMESPACE` into the shop, until told to stop.
    Operate,
    /// Print the definitions of these kinds.
    Crds,
    /// Raise the epoch: to be called after each backup of Redis, before the next.
    RaiseEpoch,
    /// Mend a Redis that was restored from a backup, or is empty where there was a shop, from the gateway's books.
    AfterRestore {
        /// Go through every payment of the gateway, in any case.
        #[arg(long)]
        all: bool,
    },
    /// Move orders that ended long ago (`ARCHIVE_AFTER`) from the stores into files (`ARCHIVE_DIR`).
    Archive,
    /// Seal every saved card under the first key of the Payment Service's `CARD_KEYS`, so that the others can be taken away.
    RotateCards,
    /// Make an authority, and a certificate of it for each service.
    Certificates {
        /// Where to.
        #[arg(long)]
        out: PathBuf,
        /// Also for Postgres and Redis, as reached at this host.
        #[arg(long)]
        stores: Option<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = process::harden() {
        return ended(Err(error.into()));
    }
    let env = Env::from_process();
    let done = match Arguments::parse().command {
        Command::Operate => return ended(kubernetes::operator::run(&env).await),
        Command::Crds => crds(),
        Command::Run => run(&env).await,
        Command::Secrets => kubernetes::secrets::run(&env).await,
        Command::RaiseEpoch => raise_epoch(&env).await,
        Command::AfterRestore { all } => mend(&env, all).await,
        Command::Archive => move_old_orders(&env).await,
        Command::RotateCards => seal_anew(&env).await,
        Command::Certificates { out, stores } => certificates::write(&out, stores.as_deref()),
    };
    ended(done.map(|()| ExitCode::SUCCESS))
}

fn ended(done: anyhow::Result<ExitCode>) -> ExitCode {
    match done {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to tell it to where stderr is closed.
            let _unwritable = writeln!(io::stderr(), "estore-bootstrap: {error:#}");
            ExitCode::from(exit::code(&error))
        }
    }
}

fn crds() -> anyhow::Result<()> {
    Ok(io::stdout().write_all(kubernetes::operator::definitions()?.as_bytes())?)
}

/// In a cluster jobs take turns, and are told of; elsewhere the steps are all there is.
async fn run(env: &Env) -> anyhow::Result<()> {
    if let Some(lease) = env.optional::<String>("BOOTSTRAP_LEASE", "estore-bootstrap")? {
        return kubernetes::job::run(env, &lease).await;
    }
    stores_serve(env).await?;
    for step in Step::ALL {
        if let Some(did) = step.run(env).await? {
            say(&format!("{}: {did}", step.title()))?;
        }
    }
    Ok(())
}

/// Waits for stores that load or recover; what they refuse is an error at once.
async fn stores_serve(env: &Env) -> anyhow::Result<()> {
    stores::wait(env, stores::deadline(env)?, Duration::ZERO).await
}

async fn raise_epoch(env: &Env) -> anyhow::Result<()> {
    fail::arm(env)?;
    stores_serve(env).await?;
    Ok(say(&format!("epoch: {}", epoch::raise(env).await?))?)
}

async fn mend(env: &Env, all: bool) -> anyhow::Result<()> {
    fail::arm(env)?;
    stores_serve(env).await?;
    after_restore::run(env, all, say).await
}

async fn move_old_orders(env: &Env) -> anyhow::Result<()> {
    fail::arm(env)?;
    archive::run(env, say).await
}

async fn seal_anew(env: &Env) -> anyhow::Result<()> {
    fail::arm(env)?;
    rotate_cards::run(env, say).await
}
