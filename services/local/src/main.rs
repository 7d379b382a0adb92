//! The program that `./dev up` runs: the whole shop on this machine.

mod explain;
mod lock;
mod observe;
mod reset;
mod settings;
mod tell;
mod up;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use estore_testbed::{Limits, Ports};

/// E-Store on one machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The directory of data and logs.
    #[arg(long, default_value = "target/estore")]
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
        /// Run Prometheus beside it, and show the store live at <http://localhost:8090>.
        #[arg(long)]
        observe: bool,
        /// Listen on any free ports, and print them.
        #[arg(long)]
        free_ports: bool,
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
        Command::Up { no_limits, observe, free_ports } => {
            let limits = if no_limits { Limits::Off } else { Limits::On };
            let ports = if free_ports { Ports::Free } else { Ports::Seed };
            up::run(&arguments.dir, limits, ports, observe).await
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
