//! The recorder, and text reports.

use std::{fs, sync::Arc, thread};

use estore_contract::OrderId;
use estore_faults::{
    checker::{Findings, Violation, report},
    history::{History, Op, OpKind, Outcome, Seen},
};
use estore_tests::directory;

use crate::shop::{Shop, user};

fn violation(equation: u8, subject: &str, operations: &[u64]) -> Violation {
    let what = "it is not so".to_owned();
    Violation { equation, what, operations: operations.to_vec(), subject: subject.to_owned() }
}

#[test]
fn concurrent_clients_are_recorded_in_memory_and_file() {
    let directory = directory("faults");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("history.jsonl");
    let history = Arc::new(History::in_file(&path).unwrap());
    let clients = (0..8).map(|client| {
        let history = history.clone();
        thread::spawn(move || {
            for n in 0..50 {
                let op =
                    history.invoke(client, Shop::asks(user(1), &format!("{client}-{n}"), &[("MUG", n + 1)]));
                if n % 5 != 0 {
                    history.end(op, Outcome::Ok { status: 201, seen: Seen::Nothing });
                }
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.join().unwrap();
    }
    let ops = Arc::into_inner(history).unwrap().close().unwrap();
    assert_eq!(ops.len(), 400);
    assert_eq!(ops.iter().filter(|op| op.outcome == Outcome::Pending && op.ended_ms.is_none()).count(), 80);
    assert!((0..).zip(&ops).all(|(id, op)| op.id == id));
    assert!(ops.windows(2).all(|pair| pair[0].invoked_ms <= pair[1].invoked_ms));
    assert!(ops.iter().all(|op| op.ended_ms.is_none_or(|ended| ended >= op.invoked_ms)));
    assert_eq!(History::read(&path).unwrap(), ops);
    // As a dying process leaves it: the last line is cut off.
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() - 7]).unwrap();
    assert_eq!(History::read(&path).unwrap().len(), 400);
    fs::write(&path, b"no history\n").unwrap();
    assert!(History::read(&path).is_err());
}

#[test]
fn report_names_the_operations_and_is_short() {
    let history = History::new();
    let order = OrderId::of(user(1), "k7");
    let bought = history.invoke(3, Shop::asks(user(1), "k7", &[("MUG", 2)]));
    history.end(bought, Outcome::Unknown { why: "connection reset".to_owned() });
    let read = history.invoke(4, OpKind::Read { order });
    let code = "not_found".to_owned();
    history.end(read, Outcome::Refused { status: 404, code, order: None });
    let ops: Vec<Op> = history.ops();
    let mut violations: Vec<Violation> = (0..30).map(|_| violation(2, "MUG", &[])).collect();
    violations.push(violation(8, &order.to_string(), &[bought, read]));
    let text = report(&violations, &ops);
    for part in [
        "Equation 2 (what is reserved is held): 30 violations",
        "and 10 more",
        "Equation 8",
        &format!("{order}: it is not so"),
        "#0 client 3",
        "order 2×MUG key=k7",
        "unknown: connection reset",
        "#1 client 4",
        "refused 404 not_found",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(text.matches("MUG: it is not so").count(), 20);
    let shown = violations.last().unwrap().to_string();
    assert_eq!(shown, format!("equation 8: {order}: it is not so (operations #0 #1)"));
    assert_eq!(Findings::default().report(&ops), "No violations.\n");
}
