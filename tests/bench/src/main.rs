//! `./dev bench`: measures the store beside a twin in `FastAPI` and a bare floor, and the store
//! alone as it grows.

mod arguments;
mod catalogue;
mod compare;
mod document;
mod growth;
mod load;
mod machine;
mod note;
mod paths;
mod place;
mod systems;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};

use arguments::{Arguments, Part};
use document::Document;
use note::note;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done =
        runtime(&arguments).map_err(Into::into).and_then(|runtime| runtime.block_on(until_told(&arguments)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Builds the runtime: for the floor a thread for each core, as in the store's services; for a
/// generator one.
fn runtime(arguments: &Arguments) -> std::io::Result<Runtime> {
    match arguments.part {
        Some(Part::Floor { .. }) => Builder::new_multi_thread().enable_all().build(),
        _ => Builder::new_current_thread().enable_all().build(),
    }
}

/// Runs to the end or to a signal. Its child processes end with this process.
async fn until_told(arguments: &Arguments) -> Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        done = run(arguments) => done,
        _ = interrupt.recv() => anyhow::bail!("interrupted"),
        _ = terminate.recv() => anyhow::bail!("terminated"),
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.part {
        Some(Part::Catalogue { directory, products }) => return catalogue::make(directory, *products),
        Some(Part::Render { directory }) => return Document::read(directory)?.write(directory),
        Some(Part::Floor { redis, port, peer }) => return systems::serve_floor(redis, *port, *peer).await,
        Some(Part::Pace { rate, seconds, connections }) => {
            return load::pace(*rate, *seconds, *connections).await;
        }
        None => {}
    }
    match arguments.grow {
        Some(part) => growth::grow(arguments, part).await,
        None if arguments.short => compare::short(arguments).await,
        None => compare::compare(arguments).await,
    }
}
