//! The accounts in the store of Payment: their cards, their lists, and whether they are closed.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use estore_checker::stores::{Dump, Raw, Snapshot};
use estore_contract::{OrderId, UserId};
use redis::{cmd, pipe};

use super::{
    about::order_of,
    databases::Databases,
    source::{entries, hash, pairs, text, texts},
    tally::Tally,
};

/// The number of entries in an answer.
const PAGE: usize = 500;

/// Keys of users in a part of a scan.
#[derive(Default)]
pub(super) struct Keys {
    /// Users with a list of cards or a mark of closing.
    accounts: BTreeSet<UserId>,
    /// Users with Idempotency-Keys of cards.
    keyed: BTreeSet<UserId>,
    /// The number of closed accounts.
    pub(super) closed: u64,
    /// Users with orders or a ledger.
    buyers: BTreeSet<UserId>,
    /// Users with open orders.
    open: BTreeSet<UserId>,
    /// Saved cards.
    pub(super) cards: BTreeSet<String>,
}

fn key(user: impl std::fmt::Display, what: &str) -> String {
    format!("{{pay}}:u:{user}:{what}")
}

impl Keys {
    /// Notes a key of a user. Returns false if the name is none of a user.
    pub(super) fn note(&mut self, user: &str, what: &str) -> bool {
        let Some(id) = user.parse::<UserId>().ok().filter(|id| id.to_string() == user) else { return false };
        if what == "closed" {
            self.closed += 1;
        }
        let kept = match what {
            "methods" | "closed" => &mut self.accounts,
            "keys" | "records" => &mut self.keyed,
            "orders" | "ledger" => &mut self.buyers,
            "open" => &mut self.open,
            _ => return true,
        };
        kept.insert(id);
        true
    }
}

/// Returns the accounts to look at: each once, at its list of cards, if it has one.
pub(super) async fn to_look_at(databases: &Databases, keys: &Keys) -> Result<BTreeSet<UserId>> {
    let mut commands = pipe();
    for user in &keys.keyed {
        commands.cmd("EXISTS").arg(key(user, "methods"));
    }
    let mut answers = databases.payment.ask(commands).await?;
    let bare = keys.keyed.iter().filter(|_| text(answers.next()).as_deref() == Some("0"));
    Ok(keys.accounts.iter().chain(bare).copied().collect())
}

/// Returns the users whose first order is not in the index of orders, or is another user's.
pub(super) async fn with_wrong_first_order(databases: &Databases, keys: &Keys) -> Result<Vec<UserId>> {
    let mut commands = pipe();
    for user in &keys.buyers {
        commands.cmd("ZRANGE").arg(key(user, "orders")).arg(0).arg(0);
    }
    let mut answers = databases.payment.ask(commands).await?;
    let firsts: Vec<(UserId, String)> = keys
        .buyers
        .iter()
        .map(|user| (*user, texts(answers.next()).into_iter().next().unwrap_or_default()))
        .collect();
    let mut commands = pipe();
    for (_, first) in &firsts {
        commands.cmd("ZSCORE").arg("{pay}:orders").arg(first);
        commands.cmd("HGET").arg(format!("{{pay}}:o:{first}")).arg("user");
    }
    let mut answers = databases.payment.ask(commands).await?;
    let is_wrong = |(user, _): &(UserId, String)| {
        let (listed, owner) = (text(answers.next()).is_some(), text(answers.next()));
        !listed || owner != Some(user.to_string())
    };
    Ok(firsts.into_iter().filter(is_wrong).map(|(user, _)| user).collect())
}

/// Returns user and member of each open order that is another user's, or none.
pub(super) async fn open_elsewhere(databases: &Databases, keys: &Keys) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for user in &keys.open {
        let mut all = cmd("HGETALL");
        all.arg(key(user, "open"));
        let members = pairs(databases.payment.one(all).await?);
        let mut commands = pipe();
        for (member, _) in &members {
            commands.cmd("HGET").arg(format!("{{pay}}:o:{member}")).arg("user");
        }
        let mut answers = databases.payment.ask(commands).await?;
        for (member, _) in members {
            if text(answers.next()) != Some(user.to_string()) {
                found.push((user.to_string(), member));
            }
        }
    }
    Ok(found)
}

/// Returns user and id of each card that its user's list lacks.
pub(super) async fn unlisted_cards(
    databases: &Databases,
    keys: &Keys,
    tally: &mut Tally,
) -> Result<Vec<(UserId, String)>> {
    let mut commands = pipe();
    for card in &keys.cards {
        commands.cmd("GET").arg(format!("{{pay}}:m:{card}"));
    }
    let mut answers = databases.payment.ask(commands).await?;
    let mut dump = Dump::new();
    for card in &keys.cards {
        if let Some(json) = text(answers.next()) {
            dump.insert(format!("{{pay}}:m:{card}"), Raw::Text(json));
        }
    }
    let snapshot = Snapshot::of(&dump);
    for misread in &snapshot.misread {
        tally.add(11, &misread.subject, &misread.what);
    }
    let mut commands = pipe();
    for (card, user) in &snapshot.cards {
        commands.cmd("ZSCORE").arg(key(user, "methods")).arg(card.to_string());
    }
    let mut answers = databases.payment.ask(commands).await?;
    let mut unlisted = Vec::new();
    for (card, user) in &snapshot.cards {
        if text(answers.next()).is_none() {
            unlisted.push((*user, card.to_string()));
        }
    }
    Ok(unlisted)
}

/// Returns the accounts of users as the keys of small shops, each with the cards in its list, and
/// with one that is named.
pub(super) async fn accounts(databases: &Databases, users: &[(UserId, Option<&str>)]) -> Result<Vec<Dump>> {
    let mut commands = pipe();
    for (user, _) in users {
        for what in ["methods", "keys"] {
            commands.cmd("ZRANGE").arg(key(user, what)).arg(0).arg(-1).arg("WITHSCORES");
        }
        for what in ["records", "closed"] {
            commands.cmd("HGETALL").arg(key(user, what));
        }
    }
    let mut answers = databases.payment.ask(commands).await?;
    let mut found = Vec::new();
    let mut commands = pipe();
    for (user, named) in users {
        let (mut dump, mut cards) = (Dump::new(), BTreeSet::new());
        cards.extend(named.map(str::to_owned));
        for what in ["methods", "keys"] {
            let scores: BTreeMap<String, String> = pairs(answers.next()).into_iter().collect();
            if what == "methods" {
                cards.extend(scores.keys().cloned());
            }
            if !scores.is_empty() {
                dump.insert(key(user, what), Raw::Scores(scores));
            }
        }
        for what in ["records", "closed"] {
            dump.extend(hash(answers.next()).map(|raw| (key(user, what), raw)));
        }
        for card in &cards {
            commands.cmd("GET").arg(format!("{{pay}}:m:{card}"));
        }
        found.push((dump, cards));
    }
    let mut answers = databases.payment.ask(commands).await?;
    for (dump, cards) in &mut found {
        for card in cards.iter() {
            dump.extend(text(answers.next()).map(|json| (format!("{{pay}}:m:{card}"), Raw::Text(json))));
        }
    }
    Ok(found.into_iter().map(|(dump, _)| dump).collect())
}

/// Returns the ids of all entries in a user's ledger, by order.
pub(super) async fn entries_of(
    databases: &Databases,
    user: UserId,
) -> Result<BTreeMap<OrderId, Vec<String>>> {
    let (mut found, mut from) = (BTreeMap::<OrderId, Vec<String>>::new(), "-".to_owned());
    loop {
        let mut range = cmd("XRANGE");
        range.arg(key(user, "ledger")).arg(&from).arg("+").arg("COUNT").arg(PAGE);
        let page = entries(databases.payment.one(range).await?);
        let full = page.len() == PAGE;
        for (id, fields) in page {
            from = format!("({id}");
            if let Some(order) = fields.get("order").and_then(|order| order_of(order)) {
                found.entry(order).or_default().push(id);
            }
        }
        if !full {
            return Ok(found);
        }
    }
}
