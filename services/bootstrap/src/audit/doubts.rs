//! Findings about users and lists that count only if they are there a second time.

use anyhow::Result;
use estore_checker::{
    Findings, Violation, examine_users,
    stores::{Dump, Snapshot},
};
use estore_contract::UserId;
use redis::pipe;

use super::{databases::Databases, failed, source::text, users};

/// A finding in doubt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// A list of a user that has an order of another user, or of nobody.
    List { user: String, member: String, open: bool },
    /// An account whose cards do not agree with its lists.
    Account(UserId),
    /// A card that is not in the list of its user.
    Card { user: UserId, card: String },
    /// An entry in the list of failed refunds whose refund has not failed.
    Failed(String),
}

/// A second look: the content that was read, and the findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) content: String,
    pub(super) violations: Vec<Violation>,
}

impl Doubt {
    /// Reads all of it again.
    pub(super) async fn look(&self, databases: &Databases) -> Result<Look> {
        match self {
            Self::List { user, member, open } => list(databases, user, member, *open).await,
            Self::Account(user) => account(databases, *user, None).await,
            Self::Card { user, card } => account(databases, *user, Some(card)).await,
            Self::Failed(member) => failed::look(databases, member).await,
        }
    }
}

async fn list(databases: &Databases, user: &str, member: &str, open: bool) -> Result<Look> {
    let (set, read) = if open { ("open", "HGET") } else { ("orders", "ZSCORE") };
    let mut commands = pipe();
    commands.cmd(read).arg(format!("{{pay}}:u:{user}:{set}")).arg(member);
    commands.cmd("HGET").arg(format!("{{pay}}:o:{member}")).arg("user");
    let mut answers = databases.payment.ask(commands).await?;
    let (at, owner) = (text(answers.next()), text(answers.next()));
    let mut found = Findings::default();
    if let Some(at) = at.as_ref().filter(|_| owner.as_deref() != Some(user)) {
        let set = if open { "open orders" } else { "orders" };
        found.add(7, member, format!("it stands in the {set} of {user} at {at}, and is of {owner:?}"));
    }
    Ok(Look { content: format!("{at:?} {owner:?}"), violations: found.violations })
}

async fn account(databases: &Databases, user: UserId, card: Option<&str>) -> Result<Look> {
    let dumps = users::accounts(databases, &[(user, card)]).await?;
    Ok(Look::of(&dumps.into_iter().next().unwrap_or_default()))
}

impl Look {
    /// Checks an account.
    pub(super) fn of(dump: &Dump) -> Self {
        let snapshot = Snapshot::of(dump);
        let mut found = Findings::default();
        for misread in &snapshot.misread {
            found.add(11, &misread.subject, &misread.what);
        }
        examine_users(&snapshot, &mut found);
        Self { content: format!("{dump:?}"), violations: found.violations }
    }
}
