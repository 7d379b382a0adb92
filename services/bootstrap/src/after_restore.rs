//! What a restore takes: the gateway's payments since then are gone through, and only then do the stores count as whole
//! (order-flow section 7). It may be cut short anywhere, and be run again.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result};
use estore_contract::{
    PeerName,
    restore::{AfterRestorePart, AfterRestoreRequest},
};
use estore_kit::{
    config::Env,
    fail_point,
    peer::{PeerClient, PeerError},
};
use http::Method;
use time::OffsetDateTime;

use crate::{epoch::Stores, libraries, patience::until_done};

/// How long the Payment Service may take for a part.
const LIMIT: Duration = Duration::from_secs(30);
/// Clocks differ, and a payment is dated by the gateway's.
const MARGIN: time::Duration = time::Duration::hours(1);

/// How much older payments may be of which money went back since.
const REFUNDS: time::Duration = time::Duration::days(90);

/// Mends the store where it is older than it was; `all` goes through every payment that the gateway has, in any case. Tells what
/// it does with `say`.
pub async fn run(env: &Env, all: bool, say: impl Fn(&str) -> std::io::Result<()>) -> Result<()> {
    say(&format!("function libraries: {}", libraries::load(env).await?))?;
    let mut stores = Stores::open(env).await?;
    let epochs = stores.read().await?;
    if !epochs.is_restored() && !all {
        say("no store is older than it was: there is nothing to do")?;
        return Ok(());
    }
    let since = if all {
        OffsetDateTime::UNIX_EPOCH
    } else {
        // A store that stands at an epoch has everything up to when that epoch began.
        let began = stores.began(epochs.missing_since()).await?;
        began
            .context("Postgres does not tell when the last backup was made; --all goes through everything")?
            - MARGIN
    };
    let payment = PeerClient::from_env(env, PeerName::Payment)?;
    let mut said = BTreeSet::new();
    // What is told of an order that nothing was done about, each pass finds.
    let mut say_once = |line: String| if said.insert(line.clone()) { say(&line) } else { Ok(()) };
    let counts =
        go_through(&payment, AfterRestoreRequest { since, only_known: false, after: None }, &mut say_once)
            .await?;
    say(&format!("payments at the gateway since {since}: {}", told(&counts)))?;
    if !all {
        let since = since - REFUNDS;
        let counts =
            go_through(&payment, AfterRestoreRequest { since, only_known: true, after: None }, &mut say_once)
                .await?;
        say(&format!("refunds of payments since {since}: {}", told(&counts)))?;
    }
    if epochs.is_restored() {
        // Above whatever a service may have heard of.
        let epoch = epochs.next();
        stores.raise(epoch).await?;
        say(&format!("the stores are at epoch {epoch}; the services become ready"))?;
    }
    Ok(())
}

/// How many payments there were, and of what kinds.
fn told(counts: &BTreeMap<String, u32>) -> String {
    let total: u32 = counts.values().sum();
    let kinds: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if kinds.is_empty() { total.to_string() } else { format!("{total}: {}", kinds.join(", ")) }
}

async fn go_through(
    payment: &PeerClient,
    mut request: AfterRestoreRequest,
    say: &mut impl FnMut(String) -> std::io::Result<()>,
) -> Result<BTreeMap<String, u32>> {
    let mut counts = BTreeMap::<String, u32>::new();
    loop {
        let ask = async || {
            payment
                .call_within::<AfterRestorePart>(Method::POST, "/internal/after-restore", &request, LIMIT)
                .await
        };
        let part = until_done(|error| matches!(error, PeerError::Answered(..)), ask).await;
        let part = part.context("the Payment Service did not go through the gateway's payments")?;
        fail_point!("bootstrap.after_restore.part");
        for (kind, count) in part.counts {
            *counts.entry(kind).or_default() += count;
        }
        for line in part.lines {
            say(format!("  {line}"))?;
        }
        if part.next.is_none() {
            return Ok(counts);
        }
        request.after = part.next;
    }
}
