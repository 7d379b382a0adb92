//! The bootstrap job's process.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use estore_bootstrap::{admin, after_restore, archive, catalog, certificates, epoch, libraries, migrations};
use estore_kit::{config::Env, fail};

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
    let env = Env::from_process();
    let done = match Arguments::parse().command {
        Command::Run => run(&env).await,
        Command::RaiseEpoch => raise_epoch(&env).await,
        Command::AfterRestore { all } => mend(&env, all).await,
        Command::Archive => move_old_orders(&env).await,
        Command::Certificates { out, stores } => certificates::write(&out, stores.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell it to where stderr is closed.
            let _unwritable = writeln!(io::stderr(), "estore-bootstrap: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

async fn run(env: &Env) -> anyhow::Result<()> {
    say(&format!("migrations: {}", migrations::run(env).await?))?;
    say(&format!("function libraries: {}", libraries::load(env).await?))?;
    say(&format!("epoch: {}", epoch::prepare(env).await?))?;
    say(&format!("admin account: {}", admin::create(env).await?))?;
    say(&format!("catalogue: {}", catalog::seed(env).await?))?;
    Ok(())
}

async fn raise_epoch(env: &Env) -> anyhow::Result<()> {
    fail::arm(env)?;
    Ok(say(&format!("epoch: {}", epoch::raise(env).await?))?)
}

async fn mend(env: &Env, all: bool) -> anyhow::Result<()> {
    fail::arm(env)?;
    after_restore::run(env, all, say).await
}

async fn move_old_orders(env: &Env) -> anyhow::Result<()> {
    fail::arm(env)?;
    archive::run(env, say).await
}
