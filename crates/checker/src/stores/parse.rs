//! Parsing of keys into a snapshot. Skips keys that no equation uses.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, UserId};
use serde::Deserialize;

use super::{
    Dump, Entry, Misread, Movement, Order, Payment, Product, Raw, Refund, Reservation, Snapshot, StreamEntry,
    View,
    fields::{Fields, number},
};

pub(super) fn snapshot(dump: &Dump) -> Snapshot {
    let mut parser = Parser { dump, found: Snapshot::default() };
    for key in dump.keys() {
        if let Err(misread) = parser.key(key) {
            parser.found.misread.push(misread);
        }
    }
    parser.found
}

struct Parser<'a> {
    dump: &'a Dump,
    found: Snapshot,
}

fn wrong(subject: &str, what: &str) -> Misread {
    Misread { subject: subject.to_owned(), what: what.to_owned() }
}

impl<'a> Parser<'a> {
    fn key(&mut self, key: &str) -> Result<(), Misread> {
        let parts: Vec<&str> = key.splitn(6, ':').collect();
        match parts.as_slice() {
            ["{pay}", "o", id, rest @ ..] => self.order(key, id, rest)?,
            ["{pay}", "u", user, what] => self.user(key, user, what)?,
            ["{pay}", "m", id] => {
                let card: Card =
                    serde_json::from_str(self.text(key)?).map_err(|_| wrong(key, "is no card"))?;
                self.found.cards.insert(parsed(key, id)?, card.user);
            }
            ["{pay}", "views"] => {
                for view in View::all(self.hash(key)?) {
                    match view {
                        Ok(view) => self.found.views.push(view),
                        Err(misread) => self.found.misread.push(misread),
                    }
                }
            }
            ["{pay}", "work"] => self.found.work = self.scores(key)?,
            ["{pay}", "open"] => self.found.open = self.scores(key)?,
            ["{pay}", "orders"] => self.found.index = self.scores(key)?,
            ["{pay}", "mail"] => self.found.mail = self.scores(key)?,
            ["{pay}", "unsettled"] => self.found.unsettled = self.members(key)?,
            ["{pay}", "failed"] => self.found.failed = self.scores(key)?,
            ["{gw}", "payments"] => self.found.booked = self.members(key)?,
            ["{gw}", "p", id] => {
                let payment = Payment::of(&Fields::new(id, self.hash(key)?))?;
                self.found.payments.insert(parsed(key, id)?, payment);
            }
            ["{inv}", "due"] => self.found.due = self.scores(key)?,
            ["{inv}", "journal"] => self.journal(key)?,
            ["{inv}", "p", sku] => {
                let product = Product::of(&Fields::new(sku, self.hash(key)?))?;
                self.found.products.insert(parsed(key, sku)?, product);
            }
            ["{inv}", "r", id] => {
                let reservation = Reservation::of(&Fields::new(id, self.hash(key)?))?;
                self.found.reservations.insert(parsed(key, id)?, reservation);
            }
            _ => {}
        }
        Ok(())
    }

    fn order(&mut self, key: &str, id: &str, rest: &[&str]) -> Result<(), Misread> {
        let order: OrderId = parsed(key, id)?;
        match rest {
            [] => {
                let none = BTreeMap::new();
                let keys = format!("{key}:keys");
                let keys = if self.dump.contains_key(&keys) { self.hash(&keys)? } else { &none };
                let log = self.log(key)?;
                let order_read = Order::of(&Fields::new(id, self.hash(key)?), log, &Fields::new(id, keys))?;
                self.found.orders.insert(order, order_read);
            }
            ["r", n] => {
                let subject = format!("{id}/{n}");
                let n = number(n).filter(|n| *n > 0).ok_or_else(|| wrong(&subject, "has a wrong number"))?;
                let refund = Refund::of(&Fields::new(&subject, self.hash(key)?), self.log(key)?)?;
                self.found.refunds.insert((order, n), refund);
            }
            _ => {}
        }
        // A log or a refund needs its owner.
        let owner =
            key.rsplit_once(":log").map_or_else(|| format!("{{pay}}:o:{id}"), |(owner, _)| owner.to_owned());
        if self.dump.contains_key(&owner) {
            Ok(())
        } else {
            Err(wrong(id, &format!("is not there, and {key} is")))
        }
    }

    fn user(&mut self, key: &str, user: &str, what: &str) -> Result<(), Misread> {
        let id: UserId = parsed(key, user)?;
        match what {
            "ledger" => {
                for (entry_id, fields) in self.stream(key)? {
                    let subject = fields.get("order").unwrap_or(entry_id);
                    match Entry::of(id, &Fields::new(subject, fields)) {
                        Ok(entry) => self.found.ledger.push(entry),
                        Err(misread) => self.found.misread.push(misread),
                    }
                }
            }
            "orders" => self.found.users.entry(id).or_default().orders = self.scores(key)?,
            "methods" => self.found.users.entry(id).or_default().cards = self.members(key)?,
            "keys" => self.found.users.entry(id).or_default().keys[0] = self.members(key)?,
            "records" => {
                self.found.users.entry(id).or_default().keys[1] = self.hash(key)?.keys().cloned().collect();
            }
            "closed" => {
                let erased = self.hash(key)?.contains_key("done");
                let of = self.found.users.entry(id).or_default();
                (of.closed, of.erased) = (true, erased);
            }
            "open" => {
                let units =
                    self.hash(key)?.iter().map(|(order, units)| Some((order.clone(), number(units)?)));
                let units = units
                    .collect::<Option<_>>()
                    .ok_or_else(|| wrong(user, "has open orders of no number"))?;
                self.found.users.entry(id).or_default().open = units;
            }
            _ => {}
        }
        Ok(())
    }

    fn journal(&mut self, key: &str) -> Result<(), Misread> {
        for (id, fields) in self.stream(key)? {
            match Movement::of(id, &Fields::new(id, fields)) {
                Ok(movement) => self.found.journal.push(movement),
                Err(misread) => self.found.misread.push(misread),
            }
        }
        Ok(())
    }

    fn log(&self, key: &str) -> Result<&'a [String], Misread> {
        let key = format!("{key}:log");
        match self.dump.get(&key) {
            None => Ok(&[]),
            Some(Raw::List(lines)) => Ok(lines),
            Some(_) => Err(wrong(&key, "is no list")),
        }
    }

    fn hash(&self, key: &str) -> Result<&'a BTreeMap<String, String>, Misread> {
        match self.dump.get(key) {
            Some(Raw::Hash(map)) => Ok(map),
            _ => Err(wrong(key, "is no hash")),
        }
    }

    fn text(&self, key: &str) -> Result<&'a str, Misread> {
        match self.dump.get(key) {
            Some(Raw::Text(text)) => Ok(text),
            _ => Err(wrong(key, "is no string")),
        }
    }

    fn stream(&self, key: &str) -> Result<&'a [StreamEntry], Misread> {
        match self.dump.get(key) {
            Some(Raw::Stream(entries)) => Ok(entries),
            _ => Err(wrong(key, "is no stream")),
        }
    }

    fn scores(&self, key: &str) -> Result<BTreeMap<String, i64>, Misread> {
        let Some(Raw::Scores(scores)) = self.dump.get(key) else {
            return Err(wrong(key, "is no sorted set"));
        };
        let score = |(member, score): (&String, &String)| {
            let wrong = || wrong(member, &format!("stands in {key} at {score}"));
            Ok((member.clone(), number(score).ok_or_else(wrong)?))
        };
        scores.iter().map(score).collect()
    }

    fn members(&self, key: &str) -> Result<BTreeSet<String>, Misread> {
        Ok(self.scores(key)?.into_keys().collect())
    }
}

/// The unencrypted part of a stored card.
#[derive(Deserialize)]
struct Card {
    user: UserId,
}

fn parsed<T: std::str::FromStr>(key: &str, text: &str) -> Result<T, Misread> {
    text.parse().map_err(|_| wrong(key, "has no such name"))
}
