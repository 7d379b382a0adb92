//! `./dev e2e`: installs the shop in a cluster, uses it, injects faults, and checks its guarantees.

mod books;
mod cluster;
mod counts;
mod driver;
mod forward;
mod long;
mod memory;
mod node;
mod pods;
mod release;
mod steps;
mod tool;
mod trial;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;

use trial::Trial;

/// Installs the shop in the cluster of the current KUBECONFIG, in a namespace of its own, and runs
/// every step.
#[derive(Parser)]
struct Arguments {
    /// The namespace, which is created, and deleted at the end.
    #[arg(long, default_value = "estore-e2e")]
    namespace: String,
    /// Only these steps, after the installation: see `--list`. `demo` and `timetable` run only if
    /// they are named.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// The stores: `redis` (Postgres 17 and Redis 7.0 with TLS) or `valkey` (Postgres 18 and Valkey
    /// 9 without).
    #[arg(long, env = "E2E_STORES", default_value = "redis")]
    stores: String,
    /// More values files for the chart.
    #[arg(long, env = "E2E_VALUES", value_delimiter = ',')]
    values: Vec<PathBuf>,
    /// The tag of the images.
    #[arg(long, env = "E2E_TAG", default_value = "dev")]
    tag: String,
    /// The build of the programs in the images, `release` or `debug`, which decides how much memory
    /// they may take.
    #[arg(long, env = "E2E_PROFILE", default_value = "release")]
    profile: String,
    /// The program of the black-box tests, for the step `journeys`. It must run on the images'
    /// base.
    #[arg(long, env = "E2E_TESTS")]
    tests: Option<PathBuf>,
    /// The command with which a browser visits the demonstration, for the step `demo`.
    #[arg(long, env = "E2E_BROWSER")]
    browser: Option<String>,
    #[command(flatten)]
    long: long::Long,
    /// Use the shop that an earlier run left by `--keep`.
    #[arg(long)]
    reuse: bool,
    /// Leave everything in the cluster at the end.
    #[arg(long)]
    keep: bool,
    /// List the steps, and do nothing.
    #[arg(long)]
    list: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        say(&steps::names().join("\n"));
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = arguments.only.iter().find(|name| !steps::names().contains(&name.as_str())) {
        say(&format!("there is no step {unknown}; there are {}", steps::names().join(", ")));
        return ExitCode::FAILURE;
    }
    let mut trial = match Trial::new(&arguments).await {
        Ok(trial) => trial,
        Err(error) => {
            say(&format!("estore-e2e: {error:#}"));
            return ExitCode::FAILURE;
        }
    };
    let failed = steps::run(&mut trial, &arguments.only, arguments.reuse).await;
    if !arguments.keep
        && let Err(error) = trial.clean().await
    {
        say(&format!("could not clean up: {error:#}"));
    }
    say(&trial.table());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints the line, and ignores a closed terminal.
fn say(line: &str) {
    let _gone = writeln!(io::stdout(), "{line}");
}
