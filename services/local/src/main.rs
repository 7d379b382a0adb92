//! The program that `./dev up` runs: the whole shop on this machine.

mod demo;
mod explain;
mod lock;
mod observe;
mod ports;
mod reset;
mod running;
mod settings;
mod tell;
mod tend;
mod up;
mod watch;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use estore_testbed::{Limits, Ports};

use up::{Extras, Plan};
use watch::Build;

/// E-Store on one machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The directory of data and logs.
    #[arg(long, global = true, default_value = "target/estore")]
    dir: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start it, and stop it with Ctrl-C.
    Up {
        /// Turn off the request limits, for benchmarks.
        #[arg(long)]
        no_limits: bool,
        /// Run Prometheus beside it, and open the engine room at
        /// <http://localhost:8080/engine>.
        #[arg(long)]
        observe: bool,
        /// Do the same, with faults and load on demand and an audit. Parts that die are started
        /// again.
        #[arg(long)]
        demo: bool,
        /// Build what changes, and start it again.
        #[arg(long, requires = "build")]
        watch: bool,
        /// Listen on any free ports, and print them.
        #[arg(long)]
        free_ports: bool,
        /// The command that builds the programs, for `--watch`. It comes last.
        #[arg(long, hide = true, num_args = 1.., allow_hyphen_values = true)]
        build: Vec<String>,
    },
    /// Erase its data.
    Reset,
    /// Print which settings in its environment go to which program.
    Settings,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Up { no_limits, observe, demo, watch, free_ports, build } => {
            let plan = Plan {
                limits: if no_limits { Limits::Off } else { Limits::On },
                ports: if free_ports { Ports::Free } else { Ports::Seed },
                extras: Extras { observe, demo },
                build: watch.then(|| Build::new(build)),
            };
            up::run(&arguments.dir, plan).await
        }
        Command::Reset => reset::run(&arguments.dir).await,
        Command::Settings => {
            tell::say(&settings::markdown());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell::complain(&explain::explain(&error));
            ExitCode::FAILURE
        }
    }
}
