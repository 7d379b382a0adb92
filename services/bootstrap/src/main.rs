//! The process of the bootstrap job.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use estore_base::{
    config::{ConfigError, Env, Unknown, markdown},
    fail, process,
};
use estore_bootstrap::{
    after_restore, archive, audit, certificates, config, epoch, exit, libraries, rotate_cards, say,
    steps::Step, stores,
};
use estore_contract::audit::AuditReport;

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
    #[cfg(feature = "kubernetes")]
    #[command(flatten)]
    Kubernetes(estore_bootstrap::kubernetes::Command),
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
    /// Check the equations of a shop that runs, as the user `auditor` of Redis. Exits with 0 if all
    /// hold, 1 if one does not, and 2 if it could not read. A wrong setting or option gives 78.
    Audit {
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
        /// Pause before each part, so that orders have more of Redis.
        #[arg(long, default_value_t = 0)]
        pause_ms: u64,
        /// The number of orders that are read at once.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=2000))]
        slice: u16,
        /// The number of seconds within which the next audit ends, for the alert about a missing
        /// one. Without it, what the last audit said stays; 0 says that none is scheduled.
        #[arg(long)]
        next_within: Option<u64>,
    },
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

impl Command {
    /// Returns whether the command logs unknown settings itself.
    fn logs(&self) -> bool {
        match self {
            #[cfg(feature = "kubernetes")]
            Self::Kubernetes(command) => command.logs(),
            _ => false,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = process::harden() {
        return ended(Err(error.into()));
    }
    let env = Env::from_process();
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(error) => {
            // If there is no place left to report it, the exit code does.
            let _unwritable = error.print();
            // A wrong option is as final as a wrong setting. Help is no error.
            return if error.use_stderr() { ExitCode::from(exit::WRONG) } else { ExitCode::SUCCESS };
        }
    };
    if !command.logs()
        && let Err(error) = warn_of_unknown(&env)
    {
        return ended(Err(error.into()));
    }
    let done = match command {
        #[cfg(feature = "kubernetes")]
        Command::Kubernetes(command) => return ended(command.run(&env).await),
        Command::Settings => say(markdown(&[config::SETTINGS]).trim_end()).map_err(Into::into),
        Command::Run => run(&env).await,
        Command::RaiseEpoch => raise_epoch(&env).await,
        Command::AfterRestore { all } => mend(&env, all).await,
        Command::Archive => move_old_orders(&env).await,
        Command::Audit { json, pause_ms, slice, next_within } => {
            let next_within = next_within.map(Duration::from_secs);
            let pause = Duration::from_millis(pause_ms);
            return check(&env, json, audit::Options { slice, pause, next_within }).await;
        }
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

/// In a cluster, the job publishes its progress; elsewhere only the steps run.
async fn run(env: &Env) -> anyhow::Result<()> {
    if let Some(status) = env.optional::<String>(&config::BOOTSTRAP_STATUS)? {
        #[cfg(feature = "kubernetes")]
        return estore_bootstrap::kubernetes::job::run(env, &status).await;
        #[cfg(not(feature = "kubernetes"))]
        return Err(config::BOOTSTRAP_STATUS
            .wrong(format!("this program was built without Kubernetes, and cannot write {status}"))
            .into());
    }
    stores_serve(env).await?;
    for step in Step::ALL {
        if let Some(did) = step.run(env).await.context(step.title())? {
            say(&format!("{}: {did}", step.title()))?;
        }
    }
    libraries::load_again(env).await
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

/// Runs an audit, prints its report, and leaves it in Redis. It has exit codes of its own. A
/// violation is one, also if the report cannot be printed or left.
async fn check(env: &Env, json: bool, options: audit::Options) -> ExitCode {
    let report = match audit::run(env, options).await {
        Ok(report) => report,
        Err(error) => return unread(error),
    };
    let (told, left) = (tell(&report, json), audit::leave(env, &report).await);
    let failures = [told, left].into_iter().filter_map(Result::err).map(unread);
    let code = failures.fold(ExitCode::SUCCESS, |_, code| code);
    if report.violations() > 0 { ExitCode::from(exit::VIOLATED) } else { code }
}

fn tell(report: &AuditReport, json: bool) -> anyhow::Result<()> {
    Ok(say(&if json { serde_json::to_string(report)? } else { audit::text(report) })?)
}

/// Reports an error of an audit. Only a wrong setting is final.
fn unread(error: anyhow::Error) -> ExitCode {
    let is_final = error.chain().any(<dyn std::error::Error>::is::<ConfigError>);
    let _other_code = ended(Err(error));
    ExitCode::from(if is_final { exit::WRONG } else { exit::UNREAD })
}

async fn seal_anew(env: &Env) -> anyhow::Result<()> {
    fail::arm(env)?;
    rotate_cards::run(env, say).await
}
