//! Payment's facts: orders with their history, the ledger, the work set.

use std::collections::BTreeSet;

use estore_contract::{UserId, payment::TransactionType};
use estore_payment::domain::{PricedLine, RefundStage, State};

use super::{Store, number, units};
use crate::model::{cast, clock::WORK};

/// The facts that Payment knows.
pub(crate) struct PaymentFacts {
    /// The order of each buyer.
    pub(crate) orders: [Option<OrderFacts>; 2],
    /// The members of the work set, each with the buyer whose order it is about.
    pub(crate) work: Vec<(usize, String)>,
    /// Equation 7, first half: the work set holds exactly what is not final.
    pub(crate) work_is_open: bool,
    /// Equation 9: one order for each key, found by its user.
    pub(crate) one_for_each_key: bool,
    /// The reconciler's place in the journal, and a flag that is true if it has settled everything.
    pub(crate) journal_place: Option<String>,
    pub(crate) settled: bool,
    /// The number of closed accounts that have personal data left outside of orders in progress.
    pub(crate) closed_and_kept: usize,
}

pub(crate) struct OrderFacts {
    pub(crate) state: State,
    pub(crate) version: i64,
    pub(crate) attempts: i64,
    pub(crate) total: i64,
    /// The price, once it is known.
    pub(crate) amount: Option<i64>,
    pub(crate) quantity: i64,
    pub(crate) refunded: i64,
    /// The numbers of ledger entries of each kind.
    pub(crate) captures: usize,
    pub(crate) authorizations: usize,
    pub(crate) voids: usize,
    /// Minor units that the ledger refunded.
    pub(crate) sent_back: i64,
    pub(crate) captured: i64,
    /// True if it was confirming when the undoing began.
    pub(crate) undone_while_confirming: bool,
    /// Equation 11: each transition is an edge, and the version grows by one.
    pub(crate) lawful: bool,
    /// True if its total is that of its lines, at the prices that it keeps.
    pub(crate) priced_right: bool,
    pub(crate) refunds: Vec<RefundFacts>,
}

pub(crate) struct RefundFacts {
    pub(crate) stage: RefundStage,
    pub(crate) attempts: i64,
    pub(crate) amount: i64,
    pub(crate) units: i64,
    /// True if each transition is an edge, and the version grows by one.
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
        let indexed = ["{pay}:orders", "{pay}:numbers"]
            .map(|index| store.sorted(index).unwrap().into_iter().flatten().map(|(id, _)| id).collect());
        let [indexed, numbered]: [BTreeSet<&String>; 2] = indexed;
        let is_order = |key: &str| key.strip_prefix("{pay}:o:").is_some_and(|rest| !rest.contains(':'));
        let kept = store.iter().filter(|(key, _)| is_order(key)).count();
        Self {
            work_is_open: work.iter().map(|(_, member)| member).eq(&open),
            one_for_each_key: kept == orders.iter().flatten().count()
                && indexed.len() == kept
                && numbered == indexed,
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
    // The payment's id is recorded once.
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
        units: units(store.field(key, "lines").unwrap()).iter().map(|(_, units)| units).sum(),
        lawful,
    }
}

/// Parses each line of a history: version, from (empty for the first), to.
fn history(store: &Store, key: &str) -> Vec<(i64, String, String)> {
    let lines = store.list(key).unwrap().into_iter().flatten();
    lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            (words[0].parse().unwrap(), words[1].to_owned(), words[2].to_owned())
        })
        .collect()
}

/// Returns true if each step begins at the end of the one before, and versions grow by one to
/// `version`.
fn is_chain(steps: &[(i64, String, String)], version: Option<i64>) -> bool {
    let follows = |pair: &[(i64, String, String)]| pair[0].2 == pair[1].1 && pair[0].0 + 1 == pair[1].0;
    steps.first().is_some_and(|first| first.0 == 1 && first.1.is_empty())
        && steps.windows(2).all(follows)
        && steps.last().map(|last| last.0) == version
}

/// Returns the entries of an order in a user's ledger: kind and amount.
fn ledger(store: &Store, user: UserId, order: &str) -> Vec<(String, i64)> {
    let entries = store.stream(&format!("{{pay}}:u:{user}:ledger")).unwrap().into_iter().flatten();
    let of_order = entries.filter(|(_, fields)| fields[3] == order);
    of_order.map(|(_, fields)| (fields[1].clone(), fields[5].parse().unwrap())).collect()
}
