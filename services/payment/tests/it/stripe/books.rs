//! The fake's payments, and the operations on them.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    desk::{Answer, Request},
    faults::Operation,
    refunds::Refund,
};
use crate::gateway_contract::Entries;

/// The number of payments on a page: few, so that a list has several.
const PAYMENTS: usize = 12;

#[derive(Default)]
pub(super) struct Books {
    pub(super) intents: Vec<Intent>,
    pub(super) refunds: Vec<Refund>,
    /// Card numbers.
    methods: HashMap<String, String>,
    pub(super) refund_status: Option<&'static str>,
}

pub(super) struct Intent {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) amount: i64,
    currency: String,
    metadata: Value,
    pub(super) status: &'static str,
    error: Option<Value>,
    /// The charge's status.
    charge: Option<&'static str>,
    /// The refunded amount.
    pub(super) refunded: i64,
    /// The numbers of authorizations, captures and releases.
    money: [usize; 3],
}

/// Returns a refusal in Stripe's words.
pub(super) fn refused(status: u16, kind: &str, code: Option<&str>) -> Answer {
    let message = "A message that repeats 4242424242424242.";
    (status, json!({"error": {"type": kind, "code": code, "message": message}}))
}

pub(super) fn unexpected_state() -> Answer {
    refused(400, "invalid_request_error", Some("payment_intent_unexpected_state"))
}

impl Intent {
    pub(super) fn view(&self, expanded: bool) -> Value {
        let id = self.id.replace("pi_", "ch_");
        let charge = self.charge.map(|status| {
            let captured = self.status == "succeeded";
            let whole = json!({"id": id, "object": "charge", "status": status, "amount": self.amount,
                "captured": captured, "amount_refunded": self.refunded});
            if expanded { whole } else { json!(id) }
        });
        json!({"id": self.id, "object": "payment_intent", "status": self.status, "amount": self.amount,
            "currency": self.currency, "created": self.created, "metadata": self.metadata,
            "last_payment_error": self.error, "latest_charge": charge})
    }

    fn confirm(&mut self, number: &str) -> Result<(), Answer> {
        if self.status != "requires_payment_method" {
            return Err(unexpected_state());
        }
        let (code, decline_code) = match number {
            "4000000000000002" | "4000000000000341" => ("card_declined", Some("generic_decline")),
            "4000000000009995" => ("card_declined", Some("insufficient_funds")),
            "4000000000000069" => ("expired_card", None),
            "4000000000000127" => ("incorrect_cvc", None),
            "4000000000000119" => ("processing_error", None),
            _ => {
                (self.status, self.charge) = ("requires_capture", Some("succeeded"));
                self.money[0] += 1;
                return Ok(());
            }
        };
        let error = json!({"type": "card_error", "code": code, "decline_code": decline_code});
        (self.error, self.charge) = (Some(error.clone()), Some("failed"));
        Err((402, json!({ "error": error })))
    }

    fn capture(&mut self) -> Result<(), Answer> {
        if self.status != "requires_capture" {
            return Err(unexpected_state());
        }
        self.status = "succeeded";
        self.money[1] += 1;
        Ok(())
    }

    fn cancel(&mut self) -> Result<(), Answer> {
        match self.status {
            "succeeded" | "canceled" => return Err(unexpected_state()),
            "requires_capture" => {
                self.refunded = self.amount;
                self.money[2] += 1;
            }
            _ => {}
        }
        self.status = "canceled";
        Ok(())
    }
}

impl Books {
    pub(super) fn perform(&mut self, operation: Operation, request: &Request) -> Answer {
        match operation {
            Operation::Create => self.create(request),
            Operation::Method => self.method(request),
            Operation::Refund => self.refund(request),
            Operation::ListRefunds => self.list_refunds(request),
            Operation::List => {
                let since = request.get("created[gte]").map_or(0, |since| since.parse().unwrap());
                let made = self.intents.iter().rev().filter(|intent| intent.created >= since);
                let expanded = request.expands("data.latest_charge");
                page(
                    request,
                    made.map(|intent| (intent.id.clone(), intent.view(expanded))).collect(),
                    PAYMENTS,
                )
            }
            Operation::Read | Operation::Confirm | Operation::Capture | Operation::Cancel => {
                let method = request.get("payment_method").and_then(|id| self.methods.get(id)).cloned();
                let id = request.path.get(2);
                let Some(intent) = self.intents.iter_mut().find(|intent| Some(&intent.id) == id) else {
                    return refused(404, "invalid_request_error", Some("resource_missing"));
                };
                let done = match (operation, method) {
                    (Operation::Confirm, Some(number)) => intent.confirm(&number),
                    (Operation::Confirm, None) => {
                        Err(refused(400, "invalid_request_error", Some("resource_missing")))
                    }
                    (Operation::Capture, _) => intent.capture(),
                    (Operation::Cancel, _) => intent.cancel(),
                    _ => Ok(()),
                };
                done.map_or_else(|refusal| refusal, |()| (200, intent.view(request.expands("latest_charge"))))
            }
        }
    }

    fn create(&mut self, request: &Request) -> Answer {
        let field = |name| request.get(name).unwrap_or_default().to_owned();
        if field("capture_method") != "manual" || field("payment_method_types[]") != "card" {
            return refused(400, "invalid_request_error", Some("parameter_missing"));
        }
        let metadata =
            json!({"order_id": field("metadata[order_id]"), "user_id": field("metadata[user_id]")});
        let amount = field("amount").parse().unwrap();
        self.add(amount, field("currency"), metadata);
        (200, self.intents.last().unwrap().view(false))
    }

    fn add(&mut self, amount: i64, currency: String, metadata: Value) {
        let number = self.intents.len();
        self.intents.push(Intent {
            id: format!("pi_{number}"),
            created: 1_700_000_000 + i64::try_from(number).unwrap(),
            amount,
            currency,
            metadata,
            status: "requires_payment_method",
            error: None,
            charge: None,
            refunded: 0,
            money: [0; 3],
        });
    }

    fn method(&mut self, request: &Request) -> Answer {
        let number = request.get("card[number]").unwrap().to_owned();
        // The seed's own card, whose check digit is wrong.
        if number == "15346781053311236" {
            return refused(402, "card_error", Some("incorrect_number"));
        }
        let id = format!("pm_{}", self.methods.len());
        self.methods.insert(id.clone(), number);
        (200, json!({"id": id, "object": "payment_method"}))
    }

    pub(super) fn of(&mut self, payment: &str) -> &mut Intent {
        self.intents.iter_mut().find(|intent| intent.id == payment).unwrap()
    }

    pub(super) fn run_out(&mut self, payment: &str) {
        self.of(payment).cancel().unwrap();
    }

    pub(super) fn foreign_payment(&mut self) {
        self.add(100, "usd".to_owned(), json!({}));
    }

    pub(super) fn made_at(&mut self, payment: &str) -> i64 {
        self.of(payment).created
    }

    pub(super) fn entries(&self, order: &str) -> Entries {
        let ours: Vec<&Intent> =
            self.intents.iter().filter(|intent| intent.metadata["order_id"] == *order).collect();
        let sum = |kind: usize| ours.iter().map(|intent| intent.money[kind]).sum();
        let mut refunds: Vec<_> = self.refunds.iter().filter_map(|refund| refund.of_order(order)).collect();
        refunds.sort_unstable();
        Entries { authorizations: sum(0), captures: sum(1), voids: sum(2), refunds }
    }
}

/// Returns the part of `all` that `request` asks for, `most` at a time.
pub(super) fn page(request: &Request, all: Vec<(String, Value)>, most: usize) -> Answer {
    let after = request.get("starting_after");
    let start = after.map_or(0, |id| all.iter().position(|(known, _)| known == id).unwrap() + 1);
    let has_more = all.len() > start + most;
    let data: Vec<Value> = all.into_iter().skip(start).take(most).map(|(_, view)| view).collect();
    (200, json!({"object": "list", "data": data, "has_more": has_more}))
}
