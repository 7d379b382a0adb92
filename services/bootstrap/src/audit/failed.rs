//! The list of failed refunds: each entry names a refund that failed.

use anyhow::Result;
use estore_checker::Findings;
use redis::pipe;

use super::{
    about::About,
    databases::Databases,
    doubts::{Doubt, Look},
    orders::order_key,
    scan::{Kind, Scan},
    source::text,
    tally::Tally,
};

const FAILED: &str = "{pay}:failed";

/// Reads the list, and doubts each entry whose refund has not failed.
pub(super) async fn read(databases: &Databases, tally: &mut Tally) -> Result<()> {
    let mut scan = Scan::members(FAILED, Kind::Set);
    while let Some(members) = scan.next(&databases.payment).await? {
        databases.breathe().await;
        let (mut named, mut commands) = (Vec::new(), pipe());
        for member in members {
            if let Some(key) = refund_key(&member) {
                commands.cmd("HGET").arg(key).arg("status");
                named.push(member);
            } else {
                tally.add(7, &member, "it is listed as a failed refund, and names none");
            }
        }
        let mut answers = databases.payment.ask(commands).await?;
        for member in named {
            if text(answers.next()).as_deref() != Some("failed") {
                tally.doubt(Doubt::Failed(member));
            }
        }
    }
    Ok(())
}

/// Looks at an entry and its refund again.
pub(super) async fn look(databases: &Databases, member: &str) -> Result<Look> {
    let mut commands = pipe();
    commands.cmd("ZSCORE").arg(FAILED).arg(member);
    commands.cmd("HGET").arg(refund_key(member)).arg("status");
    let mut answers = databases.payment.ask(commands).await?;
    let (at, status) = (text(answers.next()), text(answers.next()));
    let mut found = Findings::default();
    if at.is_some() && status.as_deref() != Some("failed") {
        found.add(7, member, format!("it is listed as a failed refund, and its status is {status:?}"));
    }
    Ok(Look { content: format!("{at:?} {status:?}"), violations: found.violations })
}

/// Returns the key of the refund that an entry names: `<order>/<n>`.
fn refund_key(member: &str) -> Option<String> {
    let About { order, refund } = About::task(member)?;
    Some(format!("{}:r:{}", order_key(order), refund?))
}
