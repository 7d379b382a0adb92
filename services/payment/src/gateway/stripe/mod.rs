//! A gateway behind Stripe's API: `PaymentIntents` with manual capture (docs/stripe.md).
//!
//! Every unknown outcome is settled by reading. Each call also sends an idempotency key made of the
//! order and the step, but nothing relies on keys alone. Stripe forgets a key after a day, and
//! repeats its first answer, even a 500.

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
use estore_contract::{Currency, Money, OrderId, UserId};
use time::OffsetDateTime;

use self::{
    api::Api,
    wire::{Intent, Method, Status},
};
use super::{
    AmountRule, CardGateway, CreatedPayment, GatewayError, ListedPayment, PaymentState, RefundState, Voided,
};
use crate::domain::Card;
pub(crate) use settings::SETTINGS;

/// The deadline of one call to the API. An operation on a payment makes one to three calls; reading
/// a list makes one for each page, and more for refunds.
pub const DEADLINE: std::time::Duration = std::time::Duration::from_secs(5);

/// Asks for the charge inside the payment. It shows whether a cancelled payment had been
/// authorized.
const WITH_CHARGE: (&str, &str) = ("expand[]", "latest_charge");

/// Stripe, or a server with the same API.
#[derive(Clone)]
pub struct Stripe {
    api: Api,
}

impl Stripe {
    /// Fetches the payment; `None` if it does not exist.
    async fn fetch(&self, payment: &str) -> Result<Option<Intent>, GatewayError> {
        match self.api.get(&intent_path(payment, "")?, &[WITH_CHARGE]).await? {
            Ok(intent) => Ok(Some(intent)),
            Err(refusal) if refusal.is_missing() => Ok(None),
            Err(refusal) => Err(refusal.outcome_unknown()),
        }
    }
}

#[async_trait]
impl CardGateway for Stripe {
    fn rule(&self) -> Option<AmountRule> {
        Some(rules::RULE)
    }

    async fn create(
        &self,
        order: OrderId,
        user: UserId,
        amount: Money,
    ) -> Result<CreatedPayment, GatewayError> {
        if let Err(why) = (rules::RULE.charge)(amount) {
            return Ok(CreatedPayment::Unchargeable(why));
        }
        let minor = currency::to_stripe(amount).ok_or_else(|| {
            GatewayError::OutcomeUnknown(format!("{amount:?} cannot be expressed at Stripe"))
        })?;
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
            Err(refusal) => return Err(refusal.outcome_unknown()),
        };
        // A repeat of the first answer has the id, but not the payment's current state.
        let voided = if reply.replayed {
            self.read(order, &intent.id).await? == PaymentState::Voided
        } else {
            intent.status == Status::Canceled
        };
        Ok(if voided { CreatedPayment::Voided } else { CreatedPayment::Id(intent.id) })
    }

    async fn authorize(
        &self,
        order: OrderId,
        payment: &str,
        card: &Card,
    ) -> Result<PaymentState, GatewayError> {
        // The security code is not kept, so there is none to send.
        let form = [
            ("type", "card".to_owned()),
            ("card[number]", card.number.expose().to_owned()),
            ("card[exp_month]", card.expiry_month.to_string()),
            ("card[exp_year]", card.expiry_year.to_string()),
        ];
        let reply = self.api.post::<Method>("v1/payment_methods", &key(order, "method"), &form).await?;
        let method = match reply.answer {
            Ok(method) => method,
            // No card has such a number, or the card has expired. That stays true, so a repeated
            // answer counts too.
            Err(refusal) if refusal.is_never_a_card() => return Ok(PaymentState::Declined(refusal.word())),
            Err(refusal) => return Err(refusal.outcome_unknown()),
        };
        // Nobody is there to answer a bank's challenge. The payment then fails instead of waiting.
        let form = [("payment_method", method.id), ("error_on_requires_action", "true".to_owned())];
        let path = intent_path(payment, "/confirm")?;
        let reply = self.api.post::<Intent>(&path, &key(order, "confirm"), &form).await?;
        let never = reply.answer.as_ref().err().filter(|refusal| refusal.is_never_confirmed()).cloned();
        match (reply.fresh(), never) {
            (Some(Ok(intent)), _) => meaning::state(&intent),
            (Some(Err(refusal)), _) if refusal.is_decline() => Ok(PaymentState::Declined(refusal.word())),
            // The refusal may be the answer to a repeat whose first request succeeded. It counts
            // only if the payment did not move.
            (_, never) => Ok(match (self.read(order, payment).await?, never) {
                (PaymentState::Created, Some(refusal)) => PaymentState::Declined(refusal.word()),
                (state, _) => state,
            }),
        }
    }

    async fn read(&self, _order: OrderId, payment: &str) -> Result<PaymentState, GatewayError> {
        self.fetch(payment).await?.map_or(Ok(PaymentState::Absent), |intent| meaning::state(&intent))
    }

    async fn capture(
        &self,
        order: OrderId,
        payment: &str,
        again: bool,
    ) -> Result<PaymentState, GatewayError> {
        if again {
            let state = self.read(order, payment).await?;
            if state != PaymentState::Authorized {
                return Ok(state);
            }
        }
        let path = intent_path(payment, "/capture")?;
        match self.api.post::<Intent>(&path, &key(order, "capture"), &[]).await?.fresh() {
            Some(Ok(intent)) => meaning::state(&intent),
            // Refused, or a repeat: only the payment itself tells "never" from "not yet".
            _ => self.read(order, payment).await,
        }
    }

    async fn void(&self, order: OrderId, payment: Option<&str>) -> Result<Voided, GatewayError> {
        let Some(payment) = payment else {
            // No money can have moved, and none ever will. Only a payment whose id the order holds
            // is confirmed, and an order that is being undone takes no new id.
            return Ok(Voided::Done { authorized: false });
        };
        // Stripe does not forget a payment whose id was recorded. If it is missing, this key
        // belongs to another account, and to report the money as released would be a guess.
        let absent = || {
            GatewayError::OutcomeUnknown("the payment does not exist, but the order has its id".to_owned())
        };
        let intent = self.fetch(payment).await?.ok_or_else(absent)?;
        if let Some(voided) = meaning::voided(&intent)? {
            return Ok(voided);
        }
        let path = intent_path(payment, "/cancel")?;
        let form = [(WITH_CHARGE.0, WITH_CHARGE.1.to_owned())];
        let intent = match self.api.post::<Intent>(&path, &key(order, "void"), &form).await?.fresh() {
            // The charge in this answer also shows an authorization that happened between the read
            // and the cancel.
            Some(Ok(intent)) => intent,
            _ => self.fetch(payment).await?.ok_or_else(absent)?,
        };
        meaning::voided(&intent)?
            .ok_or_else(|| GatewayError::OutcomeUnknown("the payment is not cancelled".to_owned()))
    }

    async fn refund(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
    ) -> Result<RefundState, GatewayError> {
        self.refund_once(order, payment, n, amount).await
    }

    async fn refunds(
        &self,
        _order: OrderId,
        payment: &str,
        currency: Currency,
    ) -> Result<Vec<(u32, i64)>, GatewayError> {
        self.made_refunds(payment, currency.code()).await
    }

    async fn list(
        &self,
        since: OffsetDateTime,
        after: Option<&str>,
    ) -> Result<Vec<ListedPayment>, GatewayError> {
        self.page(since, after).await
    }
}

/// Returns the idempotency key, which is the same for every attempt at a step of an order
/// (order-flow section 2).
fn key(order: OrderId, step: &str) -> String {
    format!("{order}:{step}")
}

/// Returns the path of a payment. The id came from the gateway, but a path must not be built from
/// arbitrary text.
fn intent_path(payment: &str, action: &str) -> Result<String, GatewayError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if payment.is_empty() || !payment.bytes().all(plain) {
        return Err(GatewayError::OutcomeUnknown("this is not the id of a payment".to_owned()));
    }
    Ok(format!("v1/payment_intents/{payment}{action}"))
}
