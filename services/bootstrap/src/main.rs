//! The process of the bootstrap job.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};
use estore_base::{
    config::{Env, Unknown, markdown},
    fail, process,
};
use estore_bootstrap::{
    after_restore, archive, certificates, config, epoch, exit, kubernetes, rotate_cards, say, steps::Step,
    stores,
};

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
    /// Create the missing Secrets of `SECRETS_PLAN` in the Kubernetes namespace `POD_NAMESPACE`.
    Secrets,
    /// Bring `Product` and `Category` objects of the namespace `POD_NAMESPACE` into the shop, until
    /// SIGTERM.
    Operate,
    /// Remove the finalizer of the operator from all of these objects, once no operator runs, so
    /// that they can be deleted.
    Release,
    /// Print the definitions of these kinds.
    Crds,
    /// Print the settings of this program.
    Settings,
    /// Raise the epoch: to be called after each backup of Redis, before the next.
    RaiseEpoch,
    /// Repair a Redis that was restored from a backup, or has lost all data, from the ledger of the
    /// gateway.
    AfterRestore {
        /// Process every payment of the gateway, in any case.
        #[arg(long)]
        all: bool,
    },
    /// Move orders that ended long ago (`ARCHIVE_AFTER`) from the stores into files
    /// (`ARCHIVE_DIR`).
    Archive,
    /// Encrypt every saved card under the first key of `CARD_KEYS` of the Payment Service, so that
    /// the other keys can be removed.
    RotateCards,
    /// Create a CA, and a certificate from it for each service.
    Certificates {
        /// The output directory.
        #[arg(long)]
        out: PathBuf,
        /// Also create certificates for Postgres and Redis, with this host name.
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
    let command = Arguments::parse().command;
    // The operator logs this itself.
    if !matches!(command, Command::Operate)
        && let Err(error) = warn_of_unknown(&env)
    {
        return ended(Err(error.into()));
    }
    let done = match command {
        Command::Operate => return ended(kubernetes::operator::run(&env).await),
        Command::Release => kubernetes::operator::release::run(&env).await,
        Command::Crds => crds(),
        Command::Settings => say(markdown(&[config::SETTINGS]).trim_end()).map_err(Into::into),
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
            // If stderr is closed, there is no place left to report the error.
            let _unwritable = writeln!(io::stderr(), "estore-bootstrap: {error:#}");
            ExitCode::from(exit::code(&error))
        }
    }
}

fn warn_of_unknown(env: &Env) -> io::Result<()> {
    for Unknown { name, nearest } in env.unknown(&config::KNOWN) {
        writeln!(
            io::stderr(),
            "estore-bootstrap: unknown setting {name} is ignored; the nearest is {nearest}"
        )?;
    }
    Ok(())
}

fn crds() -> anyhow::Result<()> {
    Ok(io::stdout().write_all(kubernetes::operator::definitions()?.as_bytes())?)
}

/// In a cluster, the job publishes its progress; elsewhere only the steps run.
async fn run(env: &Env) -> anyhow::Result<()> {
    if let Some(status) = env.optional::<String>(&config::BOOTSTRAP_STATUS)? {
        return kubernetes::job::run(env, &status).await;
    }
    stores_serve(env).await?;
    for step in Step::ALL {
        if let Some(did) = step.run(env).await? {
            say(&format!("{}: {did}", step.title()))?;
        }
    }
    Ok(())
}

/// Waits for stores that load or recover; a refusal is an error at once.
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
