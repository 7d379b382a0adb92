//! `./dev abuse`: runs schemathesis against the API document of each service of a private shop, as
//! an admin, as a customer and anonymously.

mod scene;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use estore_testbed::{
    ServiceName::{self, Inventory, Payment, User, Verification},
    Shop,
};
use estore_tests::{directory, fresh, project};
use futures::future::try_join_all;
use scene::Scene;
use tokio::process::Command;

/// Checks each service's answers against its document.
#[derive(Parser)]
struct Arguments {
    /// The program `schemathesis`.
    #[arg(long)]
    schemathesis: PathBuf,
    /// The number of requests for each operation, as an admin and as a customer; a tenth for
    /// anonymous calls, which are all refused.
    #[arg(long, default_value_t = 500)]
    examples: usize,
    /// 25 of them.
    #[arg(long)]
    short: bool,
    /// The random seed: the same seed repeats the same requests.
    #[arg(long)]
    seed: Option<u32>,
    /// Only this service.
    #[arg(long)]
    only: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("estore-abuse: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<bool> {
    let place = directory("openapi");
    // Requests come as fast as the services answer, from one address.
    let mut shop = Shop::start(fresh(place.clone(), &[])).await?;
    let scene = Scene::set(&shop, if arguments.short { 0 } else { arguments.examples }).await?;
    scene.write(&place)?;
    for file in ["schemathesis.toml", "hooks.py"] {
        fs::copy(project().join("tests/openapi").join(file), place.join(file)).context(file)?;
    }
    let lanes = [[User, Inventory], [Verification, Payment]];
    let good = try_join_all(lanes.map(|services| lane(arguments, &shop, &place, services))).await?;
    for service in ServiceName::ALL {
        // Panics, which schemathesis cannot see.
        let log = fs::read_to_string(place.join(format!("{service}.log")))?;
        let panics: Vec<&str> = log.lines().filter(|line| line.contains("panicked")).collect();
        ensure!(panics.is_empty(), "{service} panicked: {}", panics.join("\n"));
        ensure!(shop.service(service).ended().is_none(), "{service} has ended");
    }
    shop.stop().await?;
    Ok(good.into_iter().all(|good| good))
}

/// Checks one service after the other.
async fn lane(arguments: &Arguments, shop: &Shop, place: &Path, services: [ServiceName; 2]) -> Result<bool> {
    let mut good = true;
    for service in services {
        let wanted = arguments.only.as_deref().is_none_or(|only| only == service.as_str());
        for role in ["admin", "customer", "nobody"].into_iter().filter(|_| wanted) {
            good &= check(arguments, shop, place, service, role).await?;
        }
    }
    Ok(good)
}

/// Returns true if `service` answers `role` as its document says. If not, prints the output of
/// schemathesis.
async fn check(
    arguments: &Arguments,
    shop: &Shop,
    place: &Path,
    service: ServiceName,
    role: &str,
) -> Result<bool> {
    let began = Instant::now();
    let all = if arguments.short { 25 } else { arguments.examples };
    let examples = if role == "nobody" { all.div_ceil(10) } else { all };
    let url = shop.url(service);
    let mut program = Command::new(&arguments.schemathesis);
    program.arg("--config-file").arg(place.join("schemathesis.toml"));
    program.args(["run", &format!("{url}/openapi.json"), "--url", &url, "--no-color"]);
    program.args(["--max-examples", &examples.to_string()]);
    if let Some(seed) = arguments.seed {
        program.args(["--seed", &seed.to_string()]);
    }
    program.env("ESTORE_ROLE", role).env("ESTORE_SCENE", place.join("scene.json"));
    program.env("ESTORE_USER_URL", shop.url(User)).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = program.current_dir(place).kill_on_drop(true).output().await;
    let output = output.with_context(|| arguments.schemathesis.display().to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let good = output.status.success();
    if !good {
        say(&said);
        say(&String::from_utf8_lossy(&output.stderr));
    }
    let count = said.lines().find(|line| line.contains(" generated, ")).unwrap_or_default().trim();
    let verdict = if good { "as documented" } else { "NOT AS DOCUMENTED" };
    say(&format!("{service} as {role}: {verdict}; {count}; {} s", began.elapsed().as_secs()));
    Ok(good)
}

fn say(line: &str) {
    let _gone = writeln!(io::stderr(), "{line}");
}
