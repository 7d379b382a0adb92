//! The bootstrap job's process.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use estore_bootstrap::{admin, catalog, certificates, libraries, migrations};
use estore_kit::config::Env;

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
    /// Make an authority, and a certificate of it for each service.
    Certificates {
        /// Where to.
        #[arg(long)]
        out: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run => run(&Env::from_process()).await,
        Command::Certificates { out } => certificates::write(&out),
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

async fn run(env: &Env) -> anyhow::Result<()> {
    let say = |line: String| writeln!(io::stdout(), "{line}");
    say(format!("migrations: {}", migrations::run(env).await?))?;
    say(format!("function libraries: {}", libraries::load(env).await?))?;
    say(format!("admin account: {}", admin::create(env).await?))?;
    say(format!("catalogue: {}", catalog::seed(env).await?))?;
    Ok(())
}
