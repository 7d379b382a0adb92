//! `./dev faults`: injects every known fault into a shop, and checks all equations.

use std::{
    cell::{Cell, RefCell},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use estore_faults::{
    faults::{self, LANES, Row, table},
    published::{self, Place, Run},
};

/// Injects faults into a shop under load, and checks all equations of the order flow afterwards.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Hours for which everything repeats.
    #[arg(long)]
    hours: Option<f64>,
    /// The seed of the random choices: the same seed makes the same choices.
    #[arg(long)]
    seed: Option<u64>,
    /// Only these groups of faults: `fail-points`, `kills`, `stores`, `network`, `memory`, `clock`,
    /// `mail`, `replicas`, `aof`, `crowd`. `sample` is a few of the fail points.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Appends the result to this file, as a line of JSON.
    #[arg(long, requires = "date", requires = "commit")]
    record: Option<PathBuf>,
    /// The date of the record.
    #[arg(long)]
    date: Option<String>,
    /// The commit of the record.
    #[arg(long)]
    commit: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the table of recorded runs into a page.
    Table {
        /// The file with a line of JSON for each run.
        record: PathBuf,
        /// The page with the markers of the table.
        page: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Table { record, page }) => write_table(record, page).map(|()| 0),
        None => run(arguments).await,
    };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("estore-faults: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn write_table(record: &Path, page: &Path) -> Result<()> {
    let text = fs::read_to_string(page).with_context(|| page.display().to_string())?;
    let made = published::page_with(&text, &published::read(record)?)?;
    fs::write(page, made).with_context(|| page.display().to_string())
}

async fn run(arguments: Arguments) -> Result<usize> {
    // Opened first, so that hours of work are not lost.
    let record = arguments.record.as_deref().map(published::open).transpose()?;
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(0..1_000_000));
    let (began, end) = (Instant::now(), arguments.hours.map(|hours| Duration::from_secs_f64(hours * 3600.0)));
    let lanes = lanes(arguments.only);
    say(&format!("seed {seed}; the same run again: ./dev faults --seed {seed}\n"));
    let (rows, broken) = (RefCell::new(Vec::new()), Cell::new(0));
    for round in 0.. {
        // A lane waits most of the time, so there are two.
        let run = async |lane: &[String]| {
            for group in lane {
                let mut tell = |row: Row| {
                    tell(&row, began.elapsed());
                    rows.borrow_mut().push(row);
                };
                if let Err(error) = Box::pin(faults::run(group, seed + round, &mut tell)).await {
                    say(&format!("{group} could not be run to its end: {error:#}"));
                    broken.set(broken.get() + 1);
                }
            }
        };
        let [one, other] = &lanes;
        let earlier = rows.borrow().len();
        futures::future::join(run(one), run(other)).await;
        // For hours, it would only repeat why it cannot start.
        if rows.borrow().len() == earlier {
            break;
        }
        if end.is_none_or(|end| began.elapsed() >= end) {
            break;
        }
    }
    let (rows, broken) = (rows.into_inner(), broken.get());
    say(&format!("\n{}\n", table(&rows)));
    let violations: usize = rows.iter().map(|row| row.violations.len()).sum();
    if let Some(mut file) = record {
        let result = Run {
            date: arguments.date.unwrap_or_default(),
            commit: arguments.commit.unwrap_or_default(),
            place: Place::Processes,
            hours: began.elapsed().as_secs_f64() / 3600.0,
            seed,
            faults: u64::try_from(rows.len())?,
            operations: rows.iter().map(|row| row.operations).sum(),
            orders: rows.iter().map(|row| row.orders).sum(),
            violations: u64::try_from(violations)?,
            broken_off: u64::try_from(broken)?,
        };
        result.append(&mut file)?;
    }
    say(&format!(
        "{violations} violations, {broken} groups broken off, in {:.0} s (seed {seed})",
        began.elapsed().as_secs_f64()
    ));
    Ok(violations + broken)
}

/// Returns the groups in the order of their runs: two lanes, each with shops of its own.
fn lanes(only: Vec<String>) -> [Vec<String>; 2] {
    if only.is_empty() {
        LANES.map(|lane| lane.iter().map(ToString::to_string).collect())
    } else {
        [only, Vec::new()]
    }
}

fn tell(row: &Row, at: Duration) {
    let verdict = if row.violations.is_empty() { "ok" } else { "VIOLATED" };
    say(&format!(
        "{:>5.0} s  {verdict:<8}  {} ({} orders, quiet after {:.1} s)",
        at.as_secs_f64(),
        row.fault,
        row.orders,
        row.quiet_after.as_secs_f64()
    ));
    for line in row.notes.iter().chain(&row.violations) {
        say(&format!("         {line}"));
    }
}

/// Prints the line, and ignores a closed terminal.
fn say(line: &str) {
    let _gone = writeln!(io::stdout(), "{line}");
}
