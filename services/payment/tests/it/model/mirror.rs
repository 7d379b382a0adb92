//! Compares the emulated Redis with a real one: the same calls in any order get the same answers
//! and leave the same keys. Not compared are times, the ids of stream entries, and the order of
//! unordered collections.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};

use proptest::{
    prelude::Rng,
    test_runner::{RngAlgorithm, TestRng},
};
use redis::{Client, Connection, Value as Redis, cmd};

use super::{
    calls::{
        Call,
        Side::{self, Gateway, Inventory, Payment},
    },
    cast::{self, START},
    emulated::{Library, Store, Value},
    libraries,
};

/// The number of shops that begin empty, and of calls in each.
const ROUNDS: u32 = 80;
const CALLS: u32 = 120;

/// The begin of the keys of the counters of sales.
const SALES: &str = "{pay}:sales";

/// Both servers, side by side.
struct Mirror {
    libraries: [Library; 3],
    stores: [Store; 3],
    /// Database 0 has orders and the gateway's records, database 1 the stock.
    real: [Connection; 2],
    now: i64,
    /// Every first word of an answer.
    words: BTreeSet<String>,
    _server: estore_testbed::Redis,
}

impl Mirror {
    async fn start() -> Self {
        let directory = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("payment-tests/mirror");
        let libraries = Side::ALL.map(libraries::folder);
        let server = estore_testbed::Redis::with_functions(&directory, &[], &libraries, &[]).await.unwrap();
        let open =
            |database: u8| Client::open(server.url("operator", database)).unwrap().get_connection().unwrap();
        Self {
            libraries: Side::ALL.map(|side| libraries::load(side, &[])),
            stores: Side::ALL.map(|_| Store::default()),
            real: [open(0), open(1)],
            now: START,
            words: BTreeSet::new(),
            _server: server,
        }
    }

    fn empty(&mut self) {
        self.stores = Side::ALL.map(|_| Store::default());
        for real in &mut self.real {
            cmd("FLUSHDB").exec(real).unwrap();
        }
    }

    /// Makes a call on both, and compares the answers.
    fn call(&mut self, call: &Call) {
        self.now += 1;
        let at = call.side as usize;
        let store = std::mem::take(&mut self.stores[at]);
        let ours = self.libraries[at].call(store, self.now, &call.name, &call.args, call.read_only);
        let (store, ours) = ours.unwrap_or_else(|refused| panic!("{call:?}: {refused}"));
        self.stores[at] = store;
        self.words.insert(ours.word());
        let command = if call.read_only { "FCALL_RO" } else { "FCALL" };
        let real = &mut self.real[usize::from(call.side == Side::Inventory)];
        let theirs: Redis =
            cmd(command).arg(&call.name).arg(1).arg(call.side.tag()).arg(&call.args).query(real).unwrap();
        // On a real server, two orders of one millisecond have no defined order.
        let all = call.name.starts_with("pay1_order");
        assert_eq!(shape(&ours.to_redis(), all), shape(&theirs, all), "{call:?}");
    }

    fn field(&self, key: &str, field: &str) -> Option<String> {
        self.stores[Side::Payment as usize].field(key, field).map(str::to_owned)
    }

    /// Returns the counters of sales, and removes them from both. Their keys and fields have the
    /// hour, which differs.
    fn take_sales(&mut self) -> [BTreeMap<String, i64>; 2] {
        let add = |sums: &mut BTreeMap<String, i64>, field: &str, value: &str| {
            let (_hour, counter) = field.split_once(':').unwrap();
            *sums.entry(counter.to_owned()).or_default() += value.parse::<i64>().unwrap();
        };
        let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
        let store = &mut self.stores[Payment as usize];
        for (key, value) in store.iter() {
            if let (true, Value::Hash(fields)) = (key.starts_with(SALES), value) {
                for (field, value) in fields {
                    add(&mut ours, field, value);
                }
            }
        }
        store.replace(&Store::default(), |key| key.starts_with(SALES));
        let real = &mut self.real[0];
        let days: Vec<String> = cmd("ZRANGE").arg(SALES).arg(0).arg(-1).query(real).unwrap();
        for day in days {
            let key = format!("{SALES}:{day}");
            let fields: BTreeMap<String, String> = cmd("HGETALL").arg(&key).query(real).unwrap();
            for (field, value) in &fields {
                add(&mut theirs, field, value);
            }
            cmd("DEL").arg(key).exec(real).unwrap();
        }
        cmd("DEL").arg(SALES).exec(real).unwrap();
        [ours, theirs]
    }

    /// Compares every key.
    fn compare(&mut self) {
        let [ours, theirs] = self.take_sales();
        assert_eq!(ours, theirs, "the counters of sales");
        let mut keys = [0, 0];
        for side in Side::ALL {
            let database = usize::from(side == Side::Inventory);
            for (key, value) in self.stores[side as usize].iter() {
                keys[database] += 1;
                let (ours, read) = held(key, value);
                let theirs: Redis = read.query(&mut self.real[database]).unwrap();
                assert_eq!(shape(&ours, true), shape(&theirs, true), "{key}");
            }
        }
        let real =
            [0, 1].map(|database: usize| cmd("DBSIZE").query::<usize>(&mut self.real[database]).unwrap());
        assert_eq!(keys, real, "the number of keys");
    }
}

/// Returns an answer as text, without times. Lists below the first level are unordered; if `all`,
/// every list is.
fn shape(value: &Redis, all: bool) -> String {
    match value {
        Redis::Nil => "nil".to_owned(),
        Redis::Int(number) => timeless(&number.to_string()),
        Redis::BulkString(bytes) => timeless(&String::from_utf8_lossy(bytes)),
        Redis::SimpleString(text) => text.clone(),
        Redis::Array(parts) => {
            let mut parts: Vec<String> = parts.iter().map(|part| shape(part, true)).collect();
            if all {
                parts.sort();
            }
            format!("[{}]", parts.join(", "))
        }
        other => format!("{other:?}"),
    }
}

/// Returns `text` without times: numbers of 13 digits and more, each with the entry number behind
/// it.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        out.push_str(before);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (number, after) = digits.split_at(end);
        rest = after;
        if number.len() == 13 {
            out.push_str("then");
            if let Some(entry) = after.strip_prefix('-') {
                rest = entry.trim_start_matches(|c: char| c.is_ascii_digit());
            }
        } else {
            out.push_str(number);
        }
    }
    // Lua's tables have no order, so their JSON has none.
    let json: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    json.map_or(out + rest, |fields| serde_json::to_string(&fields).unwrap())
}

/// Returns a key's value as a real server answers it, and the command that reads it.
fn held(key: &str, value: &Value) -> (Redis, redis::Cmd) {
    let text = |text: &str| Redis::BulkString(text.as_bytes().to_vec());
    let read = |command: &str, more: &[&str]| cmd(command).arg(key).arg(more).to_owned();
    match value {
        Value::Text(held) => (text(held), read("GET", &[])),
        Value::Hash(fields) => {
            let flat = fields.iter().flat_map(|(field, value)| [text(field), text(value)]);
            (Redis::Array(flat.collect()), read("HGETALL", &[]))
        }
        Value::Sorted(members) => {
            let flat = members.iter().flat_map(|(member, score)| [text(member), text(&score.to_string())]);
            (Redis::Array(flat.collect()), read("ZRANGE", &["0", "-1", "WITHSCORES"]))
        }
        Value::List(items) => {
            (Redis::Array(items.iter().map(|item| text(item)).collect()), read("LRANGE", &["0", "-1"]))
        }
        Value::Set(members) => {
            (Redis::Array(members.iter().map(|member| text(member)).collect()), read("SMEMBERS", &[]))
        }
        Value::Stream(entries) => {
            let entry = |((ms, n), fields): &((i64, u32), Vec<String>)| {
                let fields = fields.iter().map(|field| text(field)).collect();
                Redis::Array(vec![text(&format!("{ms}-{n}")), Redis::Array(fields)])
            };
            (Redis::Array(entries.iter().map(entry).collect()), read("XRANGE", &["-", "+"]))
        }
    }
}

/// Returns a random call about one of two orders, likely or not at this moment.
fn any(mirror: &Mirror, random: &mut TestRng) -> Call {
    let mut next = |below: u32| random.next_u32() % below;
    let buyer = next(2) as usize;
    let (id, user) = (cast::order(buyer).to_string(), cast::user(buyer).to_string());
    let key = format!("{{pay}}:o:{id}");
    let (n, small) = (next(3).to_string(), (1 + next(2)).to_string());
    let status = mirror.field(&key, "status").unwrap_or_default();
    let version = mirror.field(&key, "version").unwrap_or_default();
    let seen = mirror.field(&key, "refund_version").unwrap_or("0".to_owned());
    let seen = if next(8) == 0 { "99".to_owned() } else { seen };
    let ladder =
        ["reserved", "authorized", "confirming", "confirmed", "completed", "cancelling", "cancelled"];
    // Mostly the next state.
    let at = ladder.iter().position(|state| *state == status).map_or(0, |at| (at + 1) % ladder.len());
    let to = if next(4) == 0 { ladder[next(7) as usize] } else { ladder[at] };
    let refund = format!("{key}:r:{small}");
    let stage = mirror.field(&refund, "status").unwrap_or_default();
    let after = if stage == "paid" { "done" } else { ["paid", "failed"][next(2) as usize] };
    let of_refund = mirror.field(&refund, "version").unwrap_or_default();
    let priced = r#"["lines","[]","amount","3000","currency","USD","deadline","9","payment","p"]"#;
    let entries =
        ["[]", r#"["authorization","3000","USD",""]"#, r#"["refund","5","USD","0"]"#][next(3) as usize];
    let wanted = if next(2) == 0 { cast::method(buyer).to_string() } else { String::new() };
    let view = ["", "a\nb\nc", "a\nb\nc\n,\"shipping_address\":{}"][next(3) as usize];
    let mut step = vec![&*id, &*version, &*status, to, "10000", &*wanted, view];
    step.extend(match next(3) {
        0 => vec!["0"],
        1 => vec!["4", "authorization", "3000", "USD", "", "failure", "{}"],
        _ => vec![
            "8", "capture", "0", "USD", "", "refund", "5", "USD", "0", "lines", "[]", "amount", "3000",
            "currency", "USD",
        ],
    });
    let page =
        [["", &user][next(2) as usize], ["pending", "completed", "cancelled"][next(3) as usize], "", &small];
    let (at, past) = (["0", "1"][usize::from(next(8) == 0)], cast::EPOCH.to_string());
    let call = |side, name: &str, args: &[&str]| Call::new(side, name, args.iter().copied());
    let read = |side, name: &str, args: &[&str]| Call::read(side, name, args.iter().copied());
    let ttl = ["0", "600000"][next(2) as usize];
    let card = cast::method(buyer).to_string();
    let [plain, other] =
        ["4242", "0002"].map(|last4| format!(r#"{{"user":"{user}","brand":"visa","last4":"{last4}"}}"#));
    match next(47) {
        0 => cast::purchase(buyer, 1),
        1..=3 => call(Payment, "pay1_advance", &[&id, &version, &status, to, "10000", priced, entries]),
        4..=7 => call(Payment, "pay1_step", &step),
        8 => call(Payment, "pay1_advance", &[&id, "1", &status, to, "10000", "[]", "[]"]),
        40 => call(Payment, "pay1_step", &[&id, "1", &status, to, "10000", "", "", "0"]),
        41 | 42 => read(Payment, "pay1_order_ids_of_at", &[&[past.as_str()][..], &page].concat()),
        43 => read(Payment, "pay1_order_ids_at", &[at, &user, &id, &small]),
        44 => call(Inventory, "inv1_reserve_at", &[at, &id, "f", ttl, "CUP", &small]),
        45 => call(Inventory, "inv1_confirm_at", &[at, &id]),
        46 => call(
            Payment,
            "pay1_note",
            &["", "", &id, "held", &id, ["confirmed", "released"][next(2) as usize]],
        ),
        9 => call(Payment, "pay1_claim", &["16", "10000"]),
        10 => call(Payment, "pay1_postpone", &[&id, &version, "5000"]),
        11 => read(Payment, "pay1_order", &[&id]),
        12 => read(Payment, "pay1_orders", &[["", &user][next(2) as usize], "", "", "20"]),
        13 => read(Payment, "pay1_gauges", &[]),
        14 | 15 => {
            call(Payment, "pay1_refund", &[&id, &n, "f", &seen, r#"["CUP","1"]"#, "1000", "1", "", "10000"])
        }
        16 | 17 => {
            call(Payment, "pay1_advance_refund", &[&id, &small, &of_refund, &stage, after, "10000", "x"])
        }
        18 if next(2) == 0 => read(Payment, "pay1_failed_refunds", &["2"]),
        18 => read(Payment, "pay1_refunds", &[&id]),
        19 => call(Payment, "pay1_mail_done", &[&format!("{id}/confirmed")]),
        20 => call(Payment, "pay1_claim_mail", &["16", "10000"]),
        21 => call(Payment, "pay1_reconcile", &["0", "10"]),
        22 => call(Payment, "pay1_settled", &[&id]),
        23 => call(Inventory, "inv1_reserve", &[&id, "f", ttl, "CUP", &small]),
        24 => call(Inventory, "inv1_confirm", &[&id]),
        25 => call(Inventory, "inv1_release", &[&id]),
        26 if n == "0" && next(2) == 0 => call(Inventory, "inv1_return", &[&id, &n]),
        26 => call(Inventory, "inv1_return", &[&id, &n, "CUP", "1"]),
        27 => call(Inventory, "inv1_sweep", &["100"]),
        28 => read(Inventory, "inv1_reservation", &[&id]),
        29 => call(Gateway, "gw1_create", &[&id, "3000", "USD", &user]),
        30 => call(Gateway, "gw1_authorize", &[&id, ["", "card_declined"][next(2) as usize]]),
        31 => call(Gateway, "gw1_capture", &[&id]),
        32 => call(Gateway, "gw1_refund", &[&id, &n, "1000"]),
        33 if next(3) == 0 => call(Payment, "pay1_close", &[&user, ["1", "500"][next(2) as usize], "0"]),
        34 => call(Payment, "pay1_save_method", &[&user, &card, &plain, "20", &n, "{}"]),
        35 => call(Payment, "pay1_delete_method", &[&user, &card]),
        36 => read(Payment, "pay1_sealed", &[&user]),
        37 => call(Payment, "pay1_reseal", &[&card, &plain, &other]),
        38 => call(Payment, "pay1_renew_record", &[&user, &n, "{}", ["", "{}"][next(2) as usize]]),
        _ => call(Gateway, ["gw1_void", "gw1_capture"][next(2) as usize], &[&id]),
    }
}

#[tokio::test]
async fn emulated_redis_behaves_like_a_real_one() {
    let mut mirror = Mirror::start().await;
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    for _ in 0..ROUNDS {
        mirror.empty();
        for call in cast::stage(3, cast::PRICE, false) {
            mirror.call(&call);
        }
        for _ in 0..CALLS {
            let call = any(&mirror, &mut random);
            mirror.call(&call);
        }
        mirror.compare();
    }
    let met = [
        "advanced",
        "changed",
        "closed",
        "confirmed",
        "created",
        "declined",
        "done",
        "exists",
        "expired",
        "failed",
        "held",
        "more",
        "no_edge",
        "none",
        "older",
        "not_completed",
        "released",
        "returned",
        "saved",
        "short",
        "stale",
        "voided",
    ];
    for word in met {
        assert!(mirror.words.contains(word), "{word} was never answered, only {:?}", mirror.words);
    }
}
