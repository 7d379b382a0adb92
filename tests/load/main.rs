//! The benchmarks of `./dev bench`. Promises about speed are ratios measured in one run, as
//! machines differ and are shared.

mod bare;
mod crowd;
mod drive;
mod flood;
mod logins;
mod watched;

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use anyhow::{Context, Result, ensure};
use drive::Load;
use estore_testbed::{
    ServiceName::{Inventory, Payment},
    Shop, free_port,
};
use estore_tests::{Access, Customer, directory, fresh};

/// The minimum ratio of reading one product to a bare handler that does one Redis GET.
const PROMISED: f64 = 0.50;
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> ExitCode {
    let bare_port = env::args().nth(1).filter(|argument| argument == "bare").and_then(|_| env::args().nth(2));
    let done = match bare_port {
        Some(port) => bare::serve(&port, &env::args().nth(3).unwrap_or_default()).await.map(|()| true),
        None => measure(env::args().nth(1).as_deref()).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _gone = writeln!(io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Measures `browse`, `watched` and `logins`, or one `part`. `flood` has a shop of its own, with
/// the catalogue of `CATALOG_DIR`, and runs only alone. Returns true if all promises hold.
async fn measure(part: Option<&str>) -> Result<bool> {
    ensure!(
        part.is_none_or(|part| ["browse", "watched", "logins", "flood"].contains(&part)),
        "browse, watched, logins or flood"
    );
    if part == Some("flood") {
        return flood::measure().await;
    }
    let wanted = |name: &str| part.is_none_or(|part| part == name);
    let mut shop = Shop::start(fresh(directory("bench"), &[])).await?;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let mut good = true;
    if wanted("browse") {
        good &= browse(&shop, &access, customer.clone()).await?;
    }
    if wanted("watched") {
        good &= watched::costs(&shop, &customer).await?;
    }
    if wanted("logins") {
        good &= logins::alike(&access, &customer).await?;
        good &= logins::crowd(&access, &Access::to(&shop), &customer).await?;
    }
    shop.stop().await?;
    Ok(good)
}

/// Compares reading one product with the bare handler. The two take turns, so that both run under
/// the same conditions.
async fn browse(shop: &Shop, access: &Access, customer: Customer) -> Result<bool> {
    let product =
        Load { url: access.url(Inventory, "/products/MUG-ENAMEL-01"), token: customer.access_token.clone() };

    let port = free_port()?;
    let settings = shop.environment(Payment);
    let setting = |name: &str| settings.get(name).cloned().with_context(|| format!("{name} of Payment"));
    let redis =
        format!("redis://payment:{}@127.0.0.1:{}/0", setting("REDIS_PASSWORD")?, setting("REDIS_PORT")?);
    let mut other = bare::start(port, &redis)?;
    let plain = Load { url: format!("http://127.0.0.1:{port}/"), token: customer.access_token };
    plain.reachable().await?;

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let (bare, read) = (plain.run().await?, product.run().await?);
        writeln!(io::stdout(), "round {round}: bare {bare:.0}/s, product {read:.0}/s")?;
        theirs.push(bare);
        ours.push(read);
    }
    other.kill()?;
    crowd::report(&access.url(Inventory, "/health")).await?;
    let ratio = median(ours) / median(theirs);
    let verdict = if ratio >= PROMISED { "as promised" } else { "LESS THAN PROMISED" };
    writeln!(
        io::stdout(),
        "browse one product: {:.0} % of a bare handler with one Redis GET ({verdict}: at least {:.0} %)",
        ratio * 100.0,
        PROMISED * 100.0
    )?;
    Ok(ratio >= PROMISED)
}

fn median(figures: Vec<f64>) -> f64 {
    share(figures, 50)
}

fn p99(figures: Vec<f64>) -> f64 {
    share(figures, 99)
}

/// Returns the figure that `percent` of all are below.
fn share(mut figures: Vec<f64>, percent: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() * percent / 100).copied().unwrap_or(0.0)
}
