//! `estore-shopper`: customers in a process.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Result;
use clap::{Parser, Subcommand};
use estore_base::config::Env;
use estore_shopper::{
    API,
    commands::{LoadOptions, connect, listen, load, order, receive, stopped},
};

/// Uses the shop that the environment names: `USER_URL` and so on, `STOREFRONT_URL` if there is
/// one, `ADMIN_EMAIL`, `ADMIN_PASSWORD` (or `…_FILE`), `MAIL_URL`.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Service(Service),
    #[command(flatten)]
    Tool(Tool),
}

/// The service, and its descriptions of itself.
#[derive(Subcommand)]
enum Service {
    /// Serves load on demand, until it is stopped.
    Serve,
    /// Prints the `OpenAPI` document of `serve`.
    Openapi,
    /// Prints the metrics of `serve`.
    Metrics,
    /// Prints the settings of `serve`.
    Settings,
}

/// The steps of `helm test` and of tests in a cluster.
#[derive(Subcommand)]
enum Tool {
    /// Opens the storefront, orders one unit, repeats the request, reads the order, and refunds it:
    /// the steps of `helm test`.
    Order,
    /// Lets many buyers shop, and records their operations.
    Load(LoadOptions),
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

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Service(service) => API.main(match service {
            Service::Serve => &[],
            Service::Openapi => &["openapi"],
            Service::Metrics => &["metrics"],
            Service::Settings => &["settings"],
        }),
        Command::Tool(tool) => match run(tool) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // A reader that is gone needs no line.
                let _gone = writeln!(io::stderr(), "estore-shopper: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

#[tokio::main]
async fn run(tool: Tool) -> Result<()> {
    let env = Env::from_process();
    match tool {
        Tool::Order => order(&env).await,
        Tool::Load(options) => load(&env, &options).await,
        Tool::TryConnect { targets } => {
            connect(&targets).await;
            Ok(())
        }
        Tool::Listen { port } => tokio::select! {
            done = listen(port) => done,
            () = stopped() => Ok(()),
        },
        Tool::Receive { file } => receive(&file),
        Tool::Sleep => {
            stopped().await;
            Ok(())
        }
    }
}
