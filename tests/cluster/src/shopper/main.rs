//! `estore-shopper`: a customer in a pod.

mod connect;
mod load;
mod order;
mod shop;

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// Uses the shop that the environment names: `USER_URL` and so on, `STOREFRONT_URL` if there is
/// one, `ADMIN_EMAIL`, `ADMIN_PASSWORD` (or `…_FILE`), `MAIL_URL`.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Opens the storefront, orders one unit, repeats the request, reads the order, and refunds it:
    /// the steps of `helm test`.
    Order,
    /// Lets many buyers shop, and records their operations.
    Load(load::Arguments),
    /// Tries TCP connections, and reports each as open or not.
    TryConnect {
        /// `host:port`
        targets: Vec<String>,
    },
    /// Accepts TCP connections, and closes them, until it is stopped.
    Listen {
        /// The port to listen on.
        port: u16,
    },
    /// Writes standard input to an executable file: the image has no other program that copies
    /// files.
    Receive {
        /// The path of the file.
        file: PathBuf,
    },
    /// Does nothing until it is stopped.
    Sleep,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().what).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _gone = writeln!(io::stderr(), "estore-shopper: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(what: What) -> Result<()> {
    match what {
        What::Order => order::run().await,
        What::Load(arguments) => load::run(&arguments).await,
        What::TryConnect { targets } => {
            connect::run(&targets).await;
            Ok(())
        }
        What::Listen { port } => tokio::select! {
            done = connect::listen(port) => done,
            () = stopped() => Ok(()),
        },
        What::Receive { file } => receive(&file),
        What::Sleep => {
            stopped().await;
            Ok(())
        }
    }
}

fn receive(path: &Path) -> Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o755).open(path)?;
    io::copy(&mut io::stdin(), &mut file)?;
    Ok(())
}

/// Waits for SIGTERM: the first process of a container gets no signal without a handler.
async fn stopped() {
    if let Ok(mut signal) = signal(SignalKind::terminate()) {
        let _signal = signal.recv().await;
    }
}

/// Prints a line of output.
fn say(line: &str) {
    let _gone = writeln!(io::stdout(), "{line}");
}
