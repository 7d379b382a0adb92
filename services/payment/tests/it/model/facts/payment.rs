//! Payment's: orders with their history, the ledger, the work set.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{UserId, payment::TransactionType};
use estore_payment::domain::{PricedLine, RefundStage, State};

use super::{Store, number, pieces};
use crate::model::{cast, clock::WORK};

/// What Payment knows.
pub(crate) struct PaymentFacts {
    /// Of each buyer.
    pub(crate) orders: [Option<OrderFacts>; 2],
    /// What waits in the work set, and whose order it is of.
    pub(crate) work: Vec<(usize, String)>,
    /// Equation 7, its first half: the work set is what is not final.
    pub(crate) work_is_open: bool,
    /// Equation 9: one order for each key, found by its user.
    pub(crate) one_for_each_key: bool,
    /// How far the reconciler read, and whether it has settled all.
    pub(crate) journal_place: Option<String>,
    pub(crate) settled: bool,
    /// How many accounts are closed of which something personal is left, but in orders under way.
    pub(crate) closed_and_kept: usize,
}

/// An order.
pub(crate) struct OrderFacts {
    pub(crate) state: State,
    pub(crate) version: i64,
    pub(crate) attempts: i64,
    pub(crate) total: i64,
    /// What it costs, once that is known.
    pub(crate) amount: Option<i64>,
    pub(crate) quantity: i64,
    pub(crate) refunded: i64,
    /// How many of each kind the ledger has.
    pub(crate) captures: usize,
    pub(crate) authorizations: usize,
    pub(crate) voids: usize,
    /// Minor units that the ledger sent back.
    pub(crate) sent_back: i64,
    pub(crate) captured: i64,
    /// Whether it was confirming as it began to be undone.
    pub(crate) undone_while_confirming: bool,
    /// Equation 11: each transition is an edge, and the version grows by one.
    pub(crate) lawful: bool,
    /// Its total is that of its lines, at the prices that it keeps.
    pub(crate) priced_right: bool,
    pub(crate) refunds: Vec<RefundFacts>,
}

/// A refund.
pub(crate) struct RefundFacts {
    pub(crate) stage: RefundStage,
    pub(crate) attempts: i64,
    pub(crate) amount: i64,
    pub(crate) pieces: i64,
    /// Each transition is an edge, and the version grows by one.
    pub(crate) lawful: bool,
}

impl PaymentFacts {
    pub(crate) fn of(store: &Store) -> Self {
        let orders = [0, 1].map(|buyer| order(store, buyer));
        let of =
            |member: &str| (0..2).find(|buyer| member.starts_with(&cast::order(*buyer).to_string())).unwrap();
        let work: Vec<(usize, String)> = store
            .sorted(WORK)
            .unwrap()
            .into_iter()
            .flatten()
            .map(|(member, _)| (of(member), member.clone()))
            .collect();
        let mut open = BTreeSet::new();
        for (buyer, facts) in orders.iter().enumerate() {
            let Some(facts) = facts else { continue };
            let id = cast::order(buyer);
            open.extend((!facts.state.is_final()).then(|| id.to_string()));
            let refunds = facts.refunds.iter().enumerate().filter(|(_, refund)| !refund.stage.is_final());
            open.extend(refunds.map(|(at, _)| format!("{id}/{}", at + 1)));
        }
        let indexed = store.sorted("{pay}:orders").unwrap().map_or(0, BTreeMap::len);
        let is_order = |key: &str| key.strip_prefix("{pay}:o:").is_some_and(|rest| !rest.contains(':'));
        let kept = store.iter().filter(|(key, _)| is_order(key)).count();
        Self {
            work_is_open: work.iter().map(|(_, member)| member).eq(&open),
            one_for_each_key: kept == orders.iter().flatten().count() && indexed == kept,
            journal_place: store.text("{pay}:journal").unwrap().cloned(),
            settled: !store.has("{pay}:unsettled") && !store.has("{pay}:kinds"),
            closed_and_kept: (0..2)
                .filter(|buyer| is_closed(store, *buyer) && !is_erased(store, *buyer))
                .count(),
            orders,
            work,
        }
    }
}

fn is_closed(store: &Store, buyer: usize) -> bool {
    store.has(&format!("{{pay}}:u:{}:closed", cast::user(buyer)))
}

fn is_erased(store: &Store, buyer: usize) -> bool {
    let id = cast::order(buyer).to_string();
    let key = format!("{{pay}}:o:{id}");
    let state = store.field(&key, "status").map(|state| State::parse(state).unwrap());
    let told = ["email", "locale", "name"].iter().any(|field| store.field(&key, field).is_some());
    let sent = store.field(&key, "request").is_some_and(|request| request.contains("shipping_address"));
    let sent = sent || store.field("{pay}:views", &id).is_some_and(|view| view.contains("shipping_address"));
    let mails = store.sorted("{pay}:mail").unwrap().into_iter().flatten();
    let ended = state.is_some_and(State::is_final);
    let cards =
        [format!("{{pay}}:m:{}", cast::method(buyer)), format!("{{pay}}:u:{}:methods", cast::user(buyer))];
    !cards.iter().any(|key| store.has(key))
        && !(ended && (told || sent || mails.map(|(mail, _)| mail).any(|mail| mail.starts_with(&id))))
}

fn order(store: &Store, buyer: usize) -> Option<OrderFacts> {
    let id = cast::order(buyer);
    let key = format!("{{pay}}:o:{id}");
    let state = State::parse(store.field(&key, "status")?).unwrap();
    let lines: Vec<PricedLine> =
        store.field(&key, "lines").map(|lines| serde_json::from_str(lines).unwrap()).unwrap_or_default();
    let total = number(store, &key, "amount").unwrap_or(0);
    let steps = history(store, &format!("{key}:log"));
    let edges: Vec<(State, State)> = steps
        .iter()
        .filter_map(|(_, from, to)| Some((State::parse(from)?, State::parse(to).unwrap())))
        .collect();
    // The payment's id is noted once.
    let noted = edges.iter().filter(|edge| **edge == (State::Reserved, State::Reserved)).count();
    let lawful = edges.iter().all(|(from, to)| from.may_become(*to))
        && edges.last().is_none_or(|(_, to)| *to == state)
        && noted <= 1
        && is_chain(&steps, number(store, &key, "version"));
    let entries = ledger(store, cast::user(buyer), &id.to_string());
    let of = |kind: TransactionType| entries.iter().filter(move |(name, _)| name == kind.as_str());
    let refunds = 1..=number(store, &key, "refunds").unwrap_or(0);
    Some(OrderFacts {
        state,
        version: number(store, &key, "version").unwrap(),
        attempts: number(store, &key, "attempts").unwrap(),
        total,
        amount: number(store, &key, "amount"),
        quantity: lines.iter().map(|line| i64::from(line.quantity)).sum(),
        refunded: number(store, &key, "refunded").unwrap(),
        captures: of(TransactionType::Capture).count(),
        authorizations: of(TransactionType::Authorization).count(),
        voids: of(TransactionType::Void).count(),
        sent_back: of(TransactionType::Refund).map(|(_, amount)| amount).sum(),
        captured: of(TransactionType::Capture).map(|(_, amount)| amount).sum(),
        undone_while_confirming: edges.contains(&(State::Confirming, State::Cancelling)),
        lawful,
        priced_right: total
            == lines.iter().map(|line| i64::from(line.quantity) * line.unit_price.amount).sum::<i64>(),
        refunds: refunds.map(|n| refund(store, &format!("{key}:r:{n}"))).collect(),
    })
}

fn refund(store: &Store, key: &str) -> RefundFacts {
    let stage = RefundStage::parse(store.field(key, "status").unwrap()).unwrap();
    let steps = history(store, &format!("{key}:log"));
    let edges = [("", "requested"), ("requested", "paid"), ("requested", "failed"), ("paid", "done")];
    let lawful = steps.iter().all(|(_, from, to)| edges.contains(&(from.as_str(), to.as_str())))
        && is_chain(&steps, number(store, key, "version"));
    RefundFacts {
        stage,
        attempts: number(store, key, "attempts").unwrap(),
        amount: number(store, key, "amount").unwrap(),
        pieces: pieces(store.field(key, "lines").unwrap()).iter().map(|(_, pieces)| pieces).sum(),
        lawful,
    }
}

/// Each line of a history: version, from (empty for the first), to.
fn history(store: &Store, key: &str) -> Vec<(i64, String, String)> {
    let lines = store.list(key).unwrap().into_iter().flatten();
    lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            (words[0].parse().unwrap(), words[1].to_owned(), words[2].to_owned())
        })
        .collect()
}

/// Whether each step begins where the one before ended, and versions grow by one to `version`.
fn is_chain(steps: &[(i64, String, String)], version: Option<i64>) -> bool {
    let follows = |pair: &[(i64, String, String)]| pair[0].2 == pair[1].1 && pair[0].0 + 1 == pair[1].0;
    steps.first().is_some_and(|first| first.0 == 1 && first.1.is_empty())
        && steps.windows(2).all(follows)
        && steps.last().map(|last| last.0) == version
}

/// What a user's ledger says of an order: kind, amount.
fn ledger(store: &Store, user: UserId, order: &str) -> Vec<(String, i64)> {
    let entries = store.stream(&format!("{{pay}}:u:{user}:ledger")).unwrap().into_iter().flatten();
    let of_order = entries.filter(|(_, fields)| fields[3] == order);
    of_order.map(|(_, fields)| (fields[1].clone(), fields[5].parse().unwrap())).collect()
}
