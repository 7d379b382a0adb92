//! What `./dev up` runs: the whole shop on this machine.

mod reset;
mod tell;
mod up;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// E-Store on one machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where data and logs are kept.
    #[arg(long, default_value = "target/estore")]
    dir: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start it, and stop it with Ctrl-C.
    Up,
    /// Erase its data.
    Reset,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Up => up::run(&arguments.dir).await,
        Command::Reset => reset::run(&arguments.dir),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
