//! The wait until a shop is ready.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use estore_base::config::Env;
use estore_telemetry::{Platform, metrics::Meter};
use tokio::time::{Instant, sleep};

use super::say;
use crate::client::{Place, Request, ShopClient};

const PATIENCE: Duration = Duration::from_mins(4);
/// The time between two lines about a wait.
const LINES: Duration = Duration::from_secs(5);
/// The time for one answer.
const LOOK: Duration = Duration::from_secs(5);
/// The time between two looks.
const AGAIN: Duration = Duration::from_millis(200);

/// Returns a client of the shop that the environment names. Waits until each service is ready, as
/// its store may still be loading, and then the storefront, if there is one.
pub(super) async fn open(env: &Env) -> Result<ShopClient> {
    let platform = Platform::new(Meter::from_env(env)?, "shopper")?;
    let shop = ShopClient::from_env(env, &platform)?;
    let (deadline, mut next_line) = (Instant::now() + PATIENCE, Instant::now() + LINES);
    for place in shop.places() {
        while let Err(error) = is_ready(&shop, place).await {
            if Instant::now() > deadline {
                bail!("{} is not ready: {error:#}", place.as_str());
            }
            if Instant::now() > next_line {
                next_line += LINES;
                say(&format!("waiting for {}: {error:#}", place.as_str()));
            }
            sleep(AGAIN).await;
        }
    }
    Ok(shop)
}

/// Waits until each part of the shop is ready.
pub(crate) async fn wait_until_ready(shop: &ShopClient) {
    let mut next_line = Instant::now() + LINES;
    for place in shop.places() {
        while let Err(error) = is_ready(shop, place).await {
            if Instant::now() > next_line {
                next_line += LINES;
                let error = format!("{error:#}");
                tracing::info!(place = place.as_str(), error, "shop is not ready; waiting");
            }
            sleep(AGAIN).await;
        }
    }
}

async fn is_ready(shop: &ShopClient, place: Place) -> Result<()> {
    let answer = shop.send(&Request::get(place, "/ready").within(LOOK)).await.context("no answer")?;
    if answer.status == 200 { Ok(()) } else { bail!("{} {}", answer.status, answer.text) }
}
