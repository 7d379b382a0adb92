//! The fake's refunds.

use serde_json::{Value, json};

use super::{
    books::{Books, page, refused, unexpected_state},
    desk::{Answer, Request},
};

/// The number of refunds on a page.
const REFUNDS: usize = 3;

pub(super) struct Refund {
    id: String,
    payment: String,
    amount: i64,
    status: &'static str,
    metadata: Value,
}

impl Refund {
    fn view(&self) -> Value {
        let reason = (self.status == "failed").then_some("expired_or_canceled_card");
        json!({"id": self.id, "object": "refund", "status": self.status, "amount": self.amount,
            "failure_reason": reason, "payment_intent": self.payment, "metadata": self.metadata})
    }

    fn counts(&self) -> bool {
        self.status != "failed"
    }

    /// Returns its number and amount, if it belongs to `order` and has not failed.
    pub(super) fn of_order(&self, order: &str) -> Option<(u32, i64)> {
        let n = self.metadata["n"].as_str()?.parse().ok()?;
        (self.counts() && self.metadata["order_id"] == *order).then_some((n, self.amount))
    }
}

impl Books {
    pub(super) fn refund(&mut self, request: &Request) -> Answer {
        let payment = request.get("payment_intent").unwrap_or_default();
        let Some(intent) = self.intents.iter_mut().find(|intent| intent.id == payment) else {
            return refused(404, "invalid_request_error", Some("resource_missing"));
        };
        if intent.status != "succeeded" {
            return unexpected_state();
        }
        let amount: i64 = request.get("amount").unwrap().parse().unwrap();
        if intent.refunded == intent.amount {
            return refused(400, "invalid_request_error", Some("charge_already_refunded"));
        }
        if amount > intent.amount - intent.refunded {
            // Stripe gives no code for this.
            let error = json!({"type": "invalid_request_error", "param": "amount", "message": "too much"});
            return (400, json!({ "error": error }));
        }
        let field = |name| request.get(name).unwrap_or_default();
        let metadata = json!({"order_id": field("metadata[order_id]"), "n": field("metadata[n]")});
        self.add_refund(payment, amount, metadata);
        (200, self.refunds.last().unwrap().view())
    }

    fn add_refund(&mut self, payment: &str, amount: i64, metadata: Value) {
        let status = self.refund_status.unwrap_or("succeeded");
        let id = format!("re_{}", self.refunds.len());
        let refund = Refund { id, payment: payment.to_owned(), amount, status, metadata };
        if refund.counts() {
            self.of(payment).refunded += amount;
        }
        self.refunds.push(refund);
    }

    pub(super) fn refund_by_hand(&mut self, payment: &str, amount: i64) {
        self.add_refund(payment, amount, json!({}));
    }

    pub(super) fn refunds_are(&mut self, status: &'static str) {
        self.refund_status = Some(status);
        for refund in &mut self.refunds {
            refund.status = status;
        }
    }

    pub(super) fn list_refunds(&self, request: &Request) -> Answer {
        let payment = request.get("payment_intent").unwrap_or_default();
        let made = self.refunds.iter().rev().filter(|refund| refund.payment == payment);
        page(request, made.map(|refund| (refund.id.clone(), refund.view())).collect(), REFUNDS)
    }
}
