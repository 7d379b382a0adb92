//! What Inventory and the sandbox gateway make of the protocol's questions: which function each calls, and which answers of it
//! are final. Mirrors `services/inventory/src/{routes,store}`, `peers/inventory.rs`, `flow/ask.rs` and `gateway/sandbox.rs`,
//! which speak HTTP between function and protocol; only codes that a route publishes are final.

use std::slice::from_ref;

use estore_contract::{Code, Money, reservation::ReservedLine};
use estore_payment::domain::{
    CreatedPayment, Order, PaymentState, RefundState, Refusal, Voided,
    protocol::{Answer, Ask, Held},
};

use super::{
    calls::{Call, Side},
    cast::{EPOCH, HOLD},
    emulated::Reply,
};

/// The call that asks.
pub(crate) fn asked(order: &Order, ask: &Ask) -> Call {
    let id = order.id.to_string();
    let inventory = |name: &str, more: &[String]| {
        Call::new(Side::Inventory, name, [&[EPOCH.to_string(), id.clone()], more].concat())
    };
    let gateway =
        |name: &str, more: &[String]| Call::new(Side::Gateway, name, [from_ref(&id), more].concat());
    match ask {
        Ask::Reserve => {
            let lines: Vec<String> = order
                .request
                .items
                .iter()
                .flat_map(|item| [item.sku.to_string(), item.quantity.get().to_string()])
                .collect();
            let first = [lines.join("="), HOLD.as_millis().to_string()];
            inventory("inv1_reserve_at", &[first.as_slice(), &lines].concat())
        }
        Ask::Confirm => inventory("inv1_confirm_at", &[]),
        Ask::Release(_) => inventory("inv1_release_at", &[]),
        Ask::PutBack(_) => inventory("inv1_return_at", &["0".to_owned()]),
        Ask::CreatePayment(total, _) => gateway(
            "gw1_create",
            &[total.amount.to_string(), total.currency.code().to_owned(), order.user.to_string()],
        ),
        Ask::Authorize(_) => {
            let declines = order.card.1 == "0002";
            gateway("gw1_authorize", &[if declines { "card_declined" } else { "" }.to_owned()])
        }
        Ask::Capture(_) => gateway("gw1_capture", &[]),
        Ask::Void(_) => gateway("gw1_void", &[]),
        Ask::ReadPayment(_) => Call::read(Side::Gateway, "gw1_read", [id]),
        Ask::RefundAll(_, amount) => gateway("gw1_refund", &["0".to_owned(), amount.amount.to_string()]),
    }
}

/// What the answer means; `None` is unknown.
pub(crate) fn answered(order: &Order, ask: &Ask, reply: Reply) -> Option<Answer> {
    match ask {
        Ask::Reserve => {
            let finals = [Code::InsufficientStock, Code::UnknownSku, Code::ReservationClosed];
            match reservation(reply) {
                Ok((Some(deadline), lines)) => Some(Answer::Held(Held { lines, deadline })),
                Ok((None, _)) => None,
                Err(code) => refused(code, &finals),
            }
        }
        Ask::Confirm => done(reply, &[Code::ReservationClosed, Code::ReservationUnknown]),
        Ask::Release(_) => done(reply, &[Code::AlreadyConfirmed]),
        Ask::PutBack(_) => done(reply, &[Code::ReservationClosed]),
        Ask::CreatePayment(..) => match reply.word().as_str() {
            "voided" => Some(Answer::Created(CreatedPayment::Voided)),
            "mismatch" => None,
            _ => Some(Answer::Created(CreatedPayment::Id(format!("sandbox_{}", order.id)))),
        },
        Ask::Authorize(_) | Ask::Capture(_) | Ask::ReadPayment(_) => payment(reply).map(Answer::Payment),
        Ask::Void(_) => {
            let words = reply.into_texts();
            let authorized = words.get(1).is_some_and(|was| was == "1");
            let captured = words[0] == "captured";
            Some(Answer::Voided(if captured { Voided::Captured } else { Voided::Done { authorized } }))
        }
        Ask::RefundAll(..) => Some(Answer::Refunded(refunded(reply))),
    }
}

/// What the gateway said to a refund.
pub(crate) fn refunded(reply: Reply) -> RefundState {
    let words = reply.into_texts();
    if words[0] == "done" { RefundState::Done } else { RefundState::Failed(words[1].clone()) }
}

/// What Inventory said to a change of a reservation; `None` is unknown.
pub(crate) fn done(reply: Reply, finals: &[Code]) -> Option<Answer> {
    match reservation(reply) {
        Ok(_) => Some(Answer::Done),
        Err(code) => refused(code, finals),
    }
}

fn refused(code: Code, finals: &[Code]) -> Option<Answer> {
    finals.contains(&code).then(|| Answer::Refused(code, Refusal::new(code, "Refused.")))
}

/// The deadline and the lines, or the code that the route answers with.
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
