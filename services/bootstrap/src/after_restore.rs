//! Repairs the stores after a restore. It processes the payments of the gateway since then, and
//! only then marks the stores as complete (order-flow section 7). It can be interrupted anywhere,
//! and run again.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result};
use estore_base::{config::Env, fail_point};
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    PeerName,
    restore::{AfterRestorePart, AfterRestoreRequest},
};
use http::Method;
use time::OffsetDateTime;

use crate::{epoch::Stores, libraries, patience::until_done};

/// The time that the Payment Service has for a part.
const LIMIT: Duration = Duration::from_secs(30);
/// Clocks differ, and the clock of the gateway dates a payment.
const MARGIN: time::Duration = time::Duration::hours(1);

/// The age up to which older payments are checked for refunds.
const REFUNDS: time::Duration = time::Duration::days(90);

/// Repairs the store if it is older than before; `all` processes every payment of the gateway in
/// any case. Reports its progress to `say`.
pub async fn run(env: &Env, all: bool, say: impl Fn(&str) -> std::io::Result<()>) -> Result<()> {
    say(&format!("function libraries: {}", libraries::load(env).await?))?;
    let mut stores = Stores::open(env).await?;
    let epochs = stores.read().await?;
    if !epochs.is_restored() && !all {
        say("no store is stale: there is nothing to do")?;
        return Ok(());
    }
    let since = if all {
        OffsetDateTime::UNIX_EPOCH
    } else {
        // A store at an epoch has everything up to the start of that epoch.
        let began = stores.began(epochs.missing_since()).await?;
        began.context("Postgres has no time of the last backup; use --all to process every payment")? - MARGIN
    };
    let payment = PeerClient::from_env(env, PeerName::Payment)?;
    let mut said = BTreeSet::new();
    // Both passes report the same lines about orders that need no change.
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
        // Above every epoch that a service may have seen.
        let epoch = epochs.next();
        stores.raise(epoch).await?;
        say(&format!("the stores are at epoch {epoch}; the services become ready"))?;
    }
    Ok(())
}

/// Formats the number of payments, in total and by kind.
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
        let part = part.context("the Payment Service did not process the gateway's payments")?;
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
