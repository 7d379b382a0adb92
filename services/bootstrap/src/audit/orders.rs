//! Reading of orders with all that belongs to them, as the keys of a small shop with one order.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use estore_checker::stores::{Dump, Raw};
use estore_contract::OrderId;
use redis::{Pipeline, Value, pipe};
use tokio::try_join;

use super::{
    databases::Databases,
    source::{Answers, hash, list, text, values},
};

/// The most refunds that are read because an order counts so many.
pub(super) const MOST_REFUNDS: i64 = 1000;

/// An order, as it was read. Its parts are of slightly different moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) id: OrderId,
    /// All keys of the order, and its places in the sets.
    pub(super) dump: Dump,
    /// True if the order was moved to the archive.
    pub(super) archived: bool,
}

/// The numbers of refunds that something names, beside those that the orders count.
pub(super) type MoreRefunds = BTreeMap<OrderId, BTreeSet<i64>>;

pub(super) fn order_key(id: OrderId) -> String {
    format!("{{pay}}:o:{id}")
}

/// Returns the place of an order in the archive: a hash and a field.
pub(super) fn archived_place(id: OrderId) -> (String, String) {
    let name = id.to_string();
    let (group, rest) = name.split_at(3);
    (format!("{{pay}}:archived:{group}"), rest.to_owned())
}

impl Reading {
    /// Returns a field of the order.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        match self.dump.get(&order_key(self.id)) {
            Some(Raw::Hash(fields)) => fields.get(name).map(String::as_str),
            _ => None,
        }
    }

    pub(super) fn has_order(&self) -> bool {
        self.dump.contains_key(&order_key(self.id))
    }

    fn put(&mut self, key: String, raw: Option<Raw>) {
        if let Some(raw) = raw {
            self.dump.insert(key, raw);
        }
    }

    /// Notes the score of a member.
    fn score(&mut self, set: &str, member: String, score: Option<String>) {
        if let Some(score) = score {
            let kept = self.dump.entry(set.to_owned()).or_insert_with(|| Raw::Scores(BTreeMap::new()));
            if let Raw::Scores(scores) = kept {
                scores.insert(member, score);
            }
        }
    }

    /// Notes the value of a field.
    fn value(&mut self, key: &str, field: String, value: Option<String>) {
        if let Some(value) = value {
            let kept = self.dump.entry(key.to_owned()).or_insert_with(|| Raw::Hash(BTreeMap::new()));
            if let Raw::Hash(fields) = kept {
                fields.insert(field, value);
            }
        }
    }

    /// Returns true if the order has more refunds than are read. A high count alone is none.
    pub(super) fn is_cut(&self) -> bool {
        let counted: i64 = self.field("refunds").and_then(|count| count.parse().ok()).unwrap_or(0);
        let last = format!("{}:r:{MOST_REFUNDS}", order_key(self.id));
        counted > MOST_REFUNDS && self.dump.contains_key(&last)
    }

    /// Returns the numbers of the order's refunds.
    fn refunds(&self, more: &MoreRefunds) -> BTreeSet<i64> {
        let last: i64 = self.field("refunds").and_then(|count| count.parse().ok()).unwrap_or(0);
        (1..=last.min(MOST_REFUNDS)).chain(more.get(&self.id).into_iter().flatten().copied()).collect()
    }
}

impl Databases {
    /// Reads these orders. The archive is looked at only for those that are not there.
    pub(super) async fn orders(&self, ids: &[OrderId], more: &MoreRefunds) -> Result<Vec<Reading>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let mut inventory = pipe();
        for name in &names {
            inventory.cmd("HGETALL").arg(format!("{{inv}}:r:{name}"));
        }
        inventory.cmd("ZMSCORE").arg("{inv}:due").arg(&names);
        let (mut of_payment, of_books, mut of_inventory) = try_join!(
            self.payment.ask(of_payment(ids, &names)),
            self.books_of(&names),
            self.inventory.ask(inventory)
        )?;
        let mut readings: Vec<Reading> =
            ids.iter().map(|id| Reading { id: *id, dump: Dump::new(), archived: false }).collect();
        note_orders(&mut readings, &names, &mut of_payment);
        if let Some(mut of_books) = of_books {
            for (reading, name) in readings.iter_mut().zip(&names) {
                reading.put(format!("{{gw}}:p:{name}"), hash(of_books.next()));
            }
            note_scores(&mut readings, "{gw}:payments", &names, of_books.next());
        }
        for (reading, name) in readings.iter_mut().zip(&names) {
            reading.put(format!("{{inv}}:r:{name}"), hash(of_inventory.next()));
        }
        note_scores(&mut readings, "{inv}:due", &names, of_inventory.next());
        self.rest_of(&mut readings, more).await?;
        Ok(readings)
    }

    async fn books_of(&self, names: &[String]) -> Result<Option<Answers>> {
        let Some(books) = &self.books else { return Ok(None) };
        let mut commands = pipe();
        for name in names {
            commands.cmd("HGETALL").arg(format!("{{gw}}:p:{name}"));
        }
        commands.cmd("ZMSCORE").arg("{gw}:payments").arg(names);
        books.ask(commands).await.map(Some)
    }

    /// Reads what the order itself names: its user's lists, and its refunds.
    async fn rest_of(&self, readings: &mut [Reading], more: &MoreRefunds) -> Result<()> {
        let mut commands = pipe();
        for reading in readings.iter() {
            ask_rest(&mut commands, reading, more);
        }
        let mut answers = self.payment.ask(commands).await?;
        for reading in readings {
            note_rest(reading, more, &mut answers);
        }
        Ok(())
    }
}

const SETS: [&str; 4] = ["{pay}:orders", "{pay}:open", "{pay}:work", "{pay}:unsettled"];

/// Returns the commands that read these orders, and then their members of sets and hashes. One
/// command for all members costs Redis and the audit less than one for each.
fn of_payment(ids: &[OrderId], names: &[String]) -> Pipeline {
    let mut commands = pipe();
    for id in ids {
        let key = order_key(*id);
        commands.cmd("HGETALL").arg(&key);
        commands.cmd("LRANGE").arg(format!("{key}:log")).arg(0).arg(-1);
    }
    commands.cmd("HMGET").arg("{pay}:views").arg(names);
    for set in SETS {
        commands.cmd("ZMSCORE").arg(set).arg(names);
    }
    commands.cmd("ZMSCORE").arg("{pay}:mail").arg(confirmations(names));
    commands
}

/// Returns the members of the set of emails that confirm these orders.
fn confirmations(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("{name}/confirmed")).collect()
}

fn note_orders(readings: &mut [Reading], names: &[String], answers: &mut Answers) {
    for reading in &mut *readings {
        let key = order_key(reading.id);
        reading.put(key.clone(), hash(answers.next()));
        reading.put(format!("{key}:log"), list(answers.next()));
    }
    for ((reading, name), view) in readings.iter_mut().zip(names).zip(values(answers.next())) {
        reading.value("{pay}:views", name.clone(), view);
    }
    for set in SETS {
        note_scores(readings, set, names, answers.next());
    }
    note_scores(readings, "{pay}:mail", &confirmations(names), answers.next());
}

/// Notes the answer of `ZMSCORE`: the score of one member for each reading.
fn note_scores(readings: &mut [Reading], set: &str, members: &[String], scores: Value) {
    for ((reading, member), score) in readings.iter_mut().zip(members).zip(values(scores)) {
        reading.score(set, member.clone(), score);
    }
}

fn user_key(user: &str, what: &str) -> String {
    format!("{{pay}}:u:{user}:{what}")
}

fn ask_rest(commands: &mut Pipeline, reading: &Reading, more: &MoreRefunds) {
    let (key, name) = (order_key(reading.id), reading.id.to_string());
    if !reading.has_order() {
        let (group, rest) = archived_place(reading.id);
        commands.cmd("HEXISTS").arg(group).arg(rest);
    }
    if let Some(user) = reading.field("user") {
        commands.cmd("ZSCORE").arg(user_key(user, "orders")).arg(&name);
        commands.cmd("HGET").arg(user_key(user, "open")).arg(&name);
        commands.cmd("HGETALL").arg(user_key(user, "closed"));
    }
    let refunds = reading.refunds(more);
    if !refunds.is_empty() {
        commands.cmd("HGETALL").arg(format!("{key}:keys"));
    }
    for n in refunds {
        commands.cmd("HGETALL").arg(format!("{key}:r:{n}"));
        commands.cmd("LRANGE").arg(format!("{key}:r:{n}:log")).arg(0).arg(-1);
        commands.cmd("ZSCORE").arg("{pay}:work").arg(format!("{name}/{n}"));
        commands.cmd("ZSCORE").arg("{pay}:mail").arg(format!("{name}/refunded/{n}"));
    }
}

fn note_rest(reading: &mut Reading, more: &MoreRefunds, answers: &mut Answers) {
    let (key, name) = (order_key(reading.id), reading.id.to_string());
    if !reading.has_order() {
        reading.archived = text(answers.next()).as_deref() == Some("1");
    }
    if let Some(user) = reading.field("user").map(str::to_owned) {
        reading.score(&user_key(&user, "orders"), name.clone(), text(answers.next()));
        reading.value(&user_key(&user, "open"), name.clone(), text(answers.next()));
        reading.put(user_key(&user, "closed"), hash(answers.next()));
    }
    let refunds = reading.refunds(more);
    if !refunds.is_empty() {
        reading.put(format!("{key}:keys"), hash(answers.next()));
    }
    for n in refunds {
        reading.put(format!("{key}:r:{n}"), hash(answers.next()));
        reading.put(format!("{key}:r:{n}:log"), list(answers.next()));
        reading.score("{pay}:work", format!("{name}/{n}"), text(answers.next()));
        reading.score("{pay}:mail", format!("{name}/refunded/{n}"), text(answers.next()));
    }
}
