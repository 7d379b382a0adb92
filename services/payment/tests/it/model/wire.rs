//! Maps the protocol's commands to the functions that Inventory and the sandbox gateway call, and
//! their answers to final outcomes. Mirrors `services/inventory/src/{routes,store}`,
//! `peers/inventory.rs`, `flow/send.rs` and `gateway/sandbox.rs`, which speak HTTP between function
//! and protocol. Only codes that a route publishes are final.

use std::slice::from_ref;

use estore_contract::{Code, Money, reservation::ReservedLine};
use estore_payment::domain::{
    CreatedPayment, Order, PaymentState, RefundState, Refusal, Voided,
    protocol::{Command, Hold, Outcome},
};

use redis::FromRedisValue;

use super::{
    calls::{Call, Side},
    cast::{EPOCH, HOLD},
    emulated::Reply,
};

/// The final refusals of a restock.
pub(crate) const RESTOCK: [Code; 3] =
    [Code::ReservationClosed, Code::ReservationUnknown, Code::ValidationError];

/// Returns the call for a command.
pub(crate) fn asked(order: &Order, command: &Command) -> Call {
    let id = order.id.to_string();
    let inventory = |name: &str, more: &[String]| {
        Call::new(Side::Inventory, name, [&[EPOCH.to_string(), id.clone()], more].concat())
    };
    let gateway =
        |name: &str, more: &[String]| Call::new(Side::Gateway, name, [from_ref(&id), more].concat());
    match command {
        Command::Reserve => {
            let lines: Vec<String> = order
                .request
                .items
                .iter()
                .flat_map(|item| [item.sku.to_string(), item.quantity.get().to_string()])
                .collect();
            let first = [lines.join("="), HOLD.as_millis().to_string()];
            inventory("inv1_reserve_at", &[first.as_slice(), &lines].concat())
        }
        Command::Confirm => inventory("inv1_confirm_at", &[]),
        Command::Release(_) => inventory("inv1_release_at", &[]),
        Command::Restock(_) => inventory("inv1_return_at", &["0".to_owned()]),
        Command::CreatePayment(total, _) => gateway(
            "gw1_create",
            &[total.amount.to_string(), total.currency.code().to_owned(), order.user.to_string()],
        ),
        Command::Authorize(_) => {
            let declines = order.card.1 == "0002";
            gateway("gw1_authorize", &[if declines { "card_declined" } else { "" }.to_owned()])
        }
        Command::Capture(_) => gateway("gw1_capture", &[]),
        Command::Void(_) => gateway("gw1_void", &[]),
        Command::ReadPayment(_) => Call::read(Side::Gateway, "gw1_read", [id]),
        Command::ListRefunds(..) => Call::read(Side::Gateway, "gw1_refunds", [id]),
        Command::RefundRest(_, rest, _) => gateway("gw1_refund", &["0".to_owned(), rest.amount.to_string()]),
    }
}

/// Returns the meaning of an answer; `None` if the outcome is unknown.
pub(crate) fn answered(order: &Order, command: &Command, reply: Reply) -> Option<Outcome> {
    match command {
        Command::Reserve => {
            let finals = [Code::InsufficientStock, Code::UnknownSku, Code::ReservationClosed];
            match reservation(reply) {
                Ok((Some(deadline), lines)) => Some(Outcome::Hold(Hold { lines, deadline })),
                Ok((None, _)) => None,
                Err(code) => refused(code, &finals),
            }
        }
        Command::Confirm => done(reply, &[Code::ReservationClosed, Code::ReservationUnknown]),
        Command::Release(_) => done(reply, &[Code::AlreadyConfirmed]),
        Command::Restock(_) => done(reply, &RESTOCK),
        Command::CreatePayment(..) => match reply.word().as_str() {
            "voided" => Some(Outcome::Created(CreatedPayment::Voided)),
            "mismatch" => None,
            _ => Some(Outcome::Created(CreatedPayment::Id(format!("sandbox_{}", order.id)))),
        },
        Command::Authorize(_) | Command::Capture(_) | Command::ReadPayment(_) => {
            payment(reply).map(Outcome::Payment)
        }
        Command::Void(_) => {
            let words = reply.into_texts();
            let authorized = words.get(1).is_some_and(|was| was == "1");
            let captured = words[0] == "captured";
            Some(Outcome::Voided(if captured { Voided::Captured } else { Voided::Done { authorized } }))
        }
        Command::ListRefunds(..) => {
            let made = Vec::<(u32, i64)>::from_redis_value(reply.to_redis()).unwrap();
            Some(Outcome::Refunds(made))
        }
        Command::RefundRest(..) => Some(Outcome::Refunded(refunded(reply))),
    }
}

/// Returns the gateway's answer to a refund.
pub(crate) fn refunded(reply: Reply) -> RefundState {
    let words = reply.into_texts();
    match words[0].as_str() {
        "done" => RefundState::Done,
        "taken" => RefundState::Taken,
        _ => RefundState::Failed(words[1].clone()),
    }
}

/// Returns Inventory's answer to a change of a reservation; `None` if the outcome is unknown.
pub(crate) fn done(reply: Reply, finals: &[Code]) -> Option<Outcome> {
    match reservation(reply) {
        Ok(_) => Some(Outcome::Done),
        Err(code) => refused(code, finals),
    }
}

fn refused(code: Code, finals: &[Code]) -> Option<Outcome> {
    finals.contains(&code).then(|| Outcome::Refused(code, Refusal::new(code, "Refused.")))
}

/// Returns the deadline and the lines, or the code with which the route answers.
fn reservation(reply: Reply) -> Result<(Option<i64>, Vec<ReservedLine>), Code> {
    let fields = reply.into_texts();
    match fields[0].as_str() {
        "confirmed" if fields.len() == 1 => return Err(Code::AlreadyConfirmed),
        "held" | "confirmed" | "released" | "expired" | "returned" => {}
        "none" => return Err(Code::ReservationUnknown),
        "closed" => return Err(Code::ReservationClosed),
        "mismatch" => return Err(Code::IdempotencyKeyReused),
        "unknown" => return Err(Code::UnknownSku),
        "short" => return Err(Code::InsufficientStock),
        "too_many" => return Err(Code::ValidationError),
        other => panic!("Inventory answered {other}"),
    }
    Ok((fields[1].parse().ok(), fields[2..].chunks_exact(6).map(line).collect()))
}

fn line(fields: &[String]) -> ReservedLine {
    ReservedLine {
        sku: fields[0].parse().unwrap(),
        name: fields[1].clone(),
        quantity: fields[2].parse().unwrap(),
        unit_price: Money::new(fields[3].parse().unwrap(), fields[4].parse().unwrap()),
        returned: fields[5].parse().unwrap(),
    }
}

fn payment(reply: Reply) -> Option<PaymentState> {
    let words = reply.into_texts();
    Some(match words[0].as_str() {
        "created" => PaymentState::Created,
        "authorized" => PaymentState::Authorized,
        "declined" => PaymentState::Declined(words[1].clone()),
        "captured" => PaymentState::Captured,
        "voided" => PaymentState::Voided,
        "none" => PaymentState::Absent,
        _ => return None,
    })
}
