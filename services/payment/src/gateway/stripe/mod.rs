//! A gateway behind Stripe's API: `PaymentIntents` with manual capture (docs/stripe.md).
//!
//! Whatever may have happened without our seeing it is settled by reading. Idempotency keys are sent too, made of the order and
//! the step, but nothing rests on them alone: Stripe forgets a key after a day, and repeats what it answered first, a 500
//! included.

mod api;
mod currency;
mod finals;
mod listing;
mod meaning;
mod refunds;
mod rules;
mod settings;
mod wire;

use async_trait::async_trait;
use estore_contract::{Money, OrderId, UserId};
use time::OffsetDateTime;

use self::{
    api::Api,
    wire::{Intent, Method, Status},
};
use super::{
    AmountRule, CardGateway, CreatedPayment, ListedPayment, PaymentState, RefundState, Silence, Voided,
};
use crate::domain::Card;

/// The longest that one call to the API takes; each operation makes one to three.
pub const DEADLINE: std::time::Duration = std::time::Duration::from_secs(5);

/// With the charge inside, which tells whether a cancelled payment had been authorized.
const WITH_CHARGE: (&str, &str) = ("expand[]", "latest_charge");

/// Stripe, or what speaks like it.
#[derive(Clone)]
pub struct Stripe {
    api: Api,
}

impl Stripe {
    /// The payment; `None` where there is none.
    async fn fetch(&self, payment: &str) -> Result<Option<Intent>, Silence> {
        match self.api.get(&intent_path(payment, "")?, &[WITH_CHARGE]).await? {
            Ok(intent) => Ok(Some(intent)),
            Err(refusal) if refusal.is_missing() => Ok(None),
            Err(refusal) => Err(refusal.silence()),
        }
    }
}

#[async_trait]
impl CardGateway for Stripe {
    fn rule(&self) -> Option<AmountRule> {
        Some(rules::RULE)
    }

    async fn create(&self, order: OrderId, user: UserId, amount: Money) -> Result<CreatedPayment, Silence> {
        if let Err(why) = (rules::RULE.charge)(amount) {
            return Ok(CreatedPayment::Unchargeable(why));
        }
        let minor = currency::to_stripe(amount)
            .ok_or_else(|| Silence(format!("there is no such amount as {amount:?} at Stripe")))?;
        let form = [
            ("amount", minor.to_string()),
            ("currency", amount.currency.code().to_ascii_lowercase()),
            ("capture_method", "manual".to_owned()),
            ("payment_method_types[]", "card".to_owned()),
            ("metadata[order_id]", order.to_string()),
            ("metadata[user_id]", user.to_string()),
        ];
        let reply = self.api.post::<Intent>("v1/payment_intents", &key(order, "authorize"), &form).await?;
        let intent = match reply.answer {
            Ok(intent) => intent,
            Err(refusal) if refusal.is_decline() => return Ok(CreatedPayment::Declined(refusal.word())),
            Err(refusal) if refusal.is_never_created() => {
                return Ok(CreatedPayment::Unchargeable(refusal.why_unchargeable().to_owned()));
            }
            Err(refusal) => return Err(refusal.silence()),
        };
        // A repeat of what was answered first tells the id, but not what became of it since.
        let voided = if reply.replayed {
            self.read(order, &intent.id).await? == PaymentState::Voided
        } else {
            intent.status == Status::Canceled
        };
        Ok(if voided { CreatedPayment::Voided } else { CreatedPayment::Id(intent.id) })
    }

    async fn authorize(&self, order: OrderId, payment: &str, card: &Card) -> Result<PaymentState, Silence> {
        // The code on the back is not kept, so there is none to send.
        let form = [
            ("type", "card".to_owned()),
            ("card[number]", card.number.expose().to_owned()),
            ("card[exp_month]", card.expiry_month.to_string()),
            ("card[exp_year]", card.expiry_year.to_string()),
        ];
        let reply = self.api.post::<Method>("v1/payment_methods", &key(order, "method"), &form).await?;
        let method = match reply.answer {
            Ok(method) => method,
            // No card has such a number, or it has ended: that stays so, said now or before.
            Err(refusal) if refusal.is_never_a_card() => return Ok(PaymentState::Declined(refusal.word())),
            Err(refusal) => return Err(refusal.silence()),
        };
        // Nobody is there to answer a bank's question: where it has one, the payment fails instead of waiting.
        let form = [("payment_method", method.id), ("error_on_requires_action", "true".to_owned())];
        let path = intent_path(payment, "/confirm")?;
        let reply = self.api.post::<Intent>(&path, &key(order, "confirm"), &form).await?;
        let never = reply.answer.as_ref().err().filter(|refusal| refusal.is_never_confirmed()).cloned();
        match (reply.fresh(), never) {
            (Some(Ok(intent)), _) => meaning::state(&intent),
            (Some(Err(refusal)), _) if refusal.is_decline() => Ok(PaymentState::Declined(refusal.word())),
            // A refusal may be of a repeat, whose first one went through: it counts where the payment did not move.
            (_, never) => Ok(match (self.read(order, payment).await?, never) {
                (PaymentState::Created, Some(refusal)) => PaymentState::Declined(refusal.word()),
                (state, _) => state,
            }),
        }
    }

    async fn read(&self, _order: OrderId, payment: &str) -> Result<PaymentState, Silence> {
        self.fetch(payment).await?.map_or(Ok(PaymentState::Absent), |intent| meaning::state(&intent))
    }

    async fn capture(&self, order: OrderId, payment: &str, again: bool) -> Result<PaymentState, Silence> {
        if again {
            let state = self.read(order, payment).await?;
            if state != PaymentState::Authorized {
                return Ok(state);
            }
        }
        let path = intent_path(payment, "/capture")?;
        match self.api.post::<Intent>(&path, &key(order, "capture"), &[]).await?.fresh() {
            Some(Ok(intent)) => meaning::state(&intent),
            // Refused, or a repeat: only the payment itself says whether this is never or not yet.
            _ => self.read(order, payment).await,
        }
    }

    async fn void(&self, order: OrderId, payment: Option<&str>) -> Result<Voided, Silence> {
        let Some(payment) = payment else {
            // No money can have moved, nor ever will: only a payment whose id the order holds is confirmed, and an order that is
            // being undone takes no id any more.
            return Ok(Voided::Done { authorized: false });
        };
        // An id that was noted is not forgotten at Stripe: without the payment, this is another account's key. To say that the
        // money is free would be a guess.
        let absent = || Silence("there is no such payment, though the order holds its id".to_owned());
        let intent = self.fetch(payment).await?.ok_or_else(absent)?;
        if let Some(voided) = meaning::voided(&intent)? {
            return Ok(voided);
        }
        let path = intent_path(payment, "/cancel")?;
        let form = [(WITH_CHARGE.0, WITH_CHARGE.1.to_owned())];
        let intent = match self.api.post::<Intent>(&path, &key(order, "void"), &form).await?.fresh() {
            // The charge in this answer tells of an authorization that came between the reading and the cancelling, too.
            Some(Ok(intent)) => intent,
            _ => self.fetch(payment).await?.ok_or_else(absent)?,
        };
        meaning::voided(&intent)?.ok_or_else(|| Silence("the payment is not cancelled".to_owned()))
    }

    async fn refund(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
        again: bool,
    ) -> Result<RefundState, Silence> {
        self.refund_once(order, payment, n, amount, again).await
    }

    async fn list(&self, since: OffsetDateTime, after: Option<&str>) -> Result<Vec<ListedPayment>, Silence> {
        self.page(since, after).await
    }
}

/// The same for every attempt at a step of an order (order-flow section 2).
fn key(order: OrderId, step: &str) -> String {
    format!("{order}:{step}")
}

/// Where a payment is. Its id came from the gateway, but an address is not made of just any text.
fn intent_path(payment: &str, action: &str) -> Result<String, Silence> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if payment.is_empty() || !payment.bytes().all(plain) {
        return Err(Silence("this is no payment's id".to_owned()));
    }
    Ok(format!("v1/payment_intents/{payment}{action}"))
}
