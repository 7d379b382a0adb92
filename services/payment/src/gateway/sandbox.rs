//! The built-in sandbox: a gateway with its own records in Redis. Test cards decline as Stripe's
//! users know them.

use std::collections::HashMap;

use async_trait::async_trait;
use estore_contract::{Currency, Money, OrderId, UserId};
use estore_stores::redis::{Redis, fcall, fcall_ro};
use redis::Cmd;
use time::OffsetDateTime;

use super::{
    AmountRule, CardGateway, CreatedPayment, GatewayError, ListedPayment, PaymentState, RefundState, Voided,
};
use crate::domain::Card;

const TAG: &str = "{gw}";
/// The prefix of a payment's id; the order's id follows.
const PREFIX: &str = "sandbox_";
/// The number of payments in one page of the list.
const PAGE: usize = 100;

/// The sandbox gateway.
#[derive(Clone)]
pub struct Sandbox {
    redis: Redis,
}

impl Sandbox {
    /// Creates a sandbox with its records in `redis`.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self { redis }
    }

    async fn ask(&self, call: &Cmd) -> Result<(String, String), GatewayError> {
        let answer: Result<Vec<String>, _> = call.query_async(&mut self.redis.connection()).await;
        let mut words = answer.map_err(|error| GatewayError::OutcomeUnknown(error.to_string()))?.into_iter();
        Ok((words.next().unwrap_or_default(), words.next().unwrap_or_default()))
    }

    async fn state(&self, call: &Cmd) -> Result<PaymentState, GatewayError> {
        let (word, code) = self.ask(call).await?;
        state(&word, &code).ok_or_else(|| unexpected(&word))
    }
}

fn unexpected(word: &str) -> GatewayError {
    GatewayError::OutcomeUnknown(format!("it answered {word}"))
}

/// Returns the code with which a card declines; `None` for every card that is not listed.
fn decline_code(card: &Card) -> Option<&'static str> {
    Some(match card.number.expose() {
        "4000000000000002" | "4000000000000341" => "card_declined",
        "4000000000009995" => "insufficient_funds",
        "4000000000000069" => "expired_card",
        "4000000000000127" => "incorrect_cvc",
        "4000000000000119" => "processing_error",
        _ => return None,
    })
}

#[async_trait]
impl CardGateway for Sandbox {
    /// Returns no rule: the sandbox moves any amount.
    fn rule(&self) -> Option<AmountRule> {
        None
    }

    async fn create(
        &self,
        order: OrderId,
        user: UserId,
        amount: Money,
    ) -> Result<CreatedPayment, GatewayError> {
        let mut call = fcall("gw1_create", TAG);
        call.arg(order.to_string()).arg(amount.amount).arg(amount.currency.code()).arg(user.to_string());
        match self.ask(&call).await?.0.as_str() {
            "voided" => Ok(CreatedPayment::Voided),
            "mismatch" => {
                Err(GatewayError::OutcomeUnknown("the order has a payment of another amount".to_owned()))
            }
            "created" | "authorized" | "declined" | "captured" => {
                Ok(CreatedPayment::Id(format!("{PREFIX}{order}")))
            }
            other => Err(unexpected(other)),
        }
    }

    async fn authorize(
        &self,
        order: OrderId,
        _payment: &str,
        card: &Card,
    ) -> Result<PaymentState, GatewayError> {
        self.state(
            fcall("gw1_authorize", TAG).arg(order.to_string()).arg(decline_code(card).unwrap_or_default()),
        )
        .await
    }

    async fn read(&self, order: OrderId, _payment: &str) -> Result<PaymentState, GatewayError> {
        self.state(fcall_ro("gw1_read", TAG).arg(order.to_string())).await
    }

    async fn capture(
        &self,
        order: OrderId,
        _payment: &str,
        _again: bool,
    ) -> Result<PaymentState, GatewayError> {
        self.state(fcall("gw1_capture", TAG).arg(order.to_string())).await
    }

    async fn void(&self, order: OrderId, _payment: Option<&str>) -> Result<Voided, GatewayError> {
        let (word, authorized) = self.ask(fcall("gw1_void", TAG).arg(order.to_string())).await?;
        match word.as_str() {
            "captured" => Ok(Voided::Captured),
            "voided" => Ok(Voided::Done { authorized: authorized == "1" }),
            other => Err(unexpected(other)),
        }
    }

    async fn refund(
        &self,
        order: OrderId,
        _payment: &str,
        n: u32,
        amount: Money,
    ) -> Result<RefundState, GatewayError> {
        let mut call = fcall("gw1_refund", TAG);
        call.arg(order.to_string()).arg(n).arg(amount.amount);
        let (word, code) = self.ask(&call).await?;
        match word.as_str() {
            "done" => Ok(RefundState::Done),
            "failed" => Ok(RefundState::Failed(code)),
            "taken" => Ok(RefundState::Taken),
            other => Err(unexpected(other)),
        }
    }

    async fn refunds(
        &self,
        order: OrderId,
        _payment: &str,
        _currency: Currency,
    ) -> Result<Vec<(u32, i64)>, GatewayError> {
        let mut call = fcall_ro("gw1_refunds", TAG);
        let rows = call.arg(order.to_string()).query_async(&mut self.redis.connection()).await;
        rows.map_err(|error| GatewayError::OutcomeUnknown(error.to_string()))
    }

    async fn list(
        &self,
        since: OffsetDateTime,
        after: Option<&str>,
    ) -> Result<Vec<ListedPayment>, GatewayError> {
        let mut call = fcall_ro("gw1_list", TAG);
        let since = since.unix_timestamp_nanos() / 1_000_000;
        let after = after.map(|payment| payment.trim_start_matches(PREFIX)).unwrap_or_default();
        call.arg(since.to_string()).arg(after).arg(PAGE);
        let rows: Result<Vec<(String, HashMap<String, String>)>, _> =
            call.query_async(&mut self.redis.connection()).await;
        let rows = rows.map_err(|error| GatewayError::OutcomeUnknown(error.to_string()))?;
        let bad = |order: &str| GatewayError::OutcomeUnknown(format!("payment of {order} cannot be parsed"));
        rows.iter().map(|(order, fields)| listed(order, fields).ok_or_else(|| bad(order))).collect()
    }
}

fn listed(order: &str, fields: &HashMap<String, String>) -> Option<ListedPayment> {
    let text = |name: &str| fields.get(name).map(String::as_str);
    let refunds = fields.iter().filter_map(|(name, amount)| Some((name.strip_prefix("refund:")?, amount)));
    let refund = |(n, amount): (&str, &String)| Some((n.parse().ok()?, amount.parse().ok()?));
    Some(ListedPayment {
        payment: format!("{PREFIX}{order}"),
        order: order.parse().ok()?,
        user: text("user").map(str::parse).transpose().ok()?,
        amount: Money::new(text("amount")?.parse().ok()?, text("currency")?.parse().ok()?),
        state: state(text("state")?, text("decline_code").unwrap_or_default())?,
        refunds: refunds.map(refund).collect::<Option<_>>()?,
    })
}

fn state(word: &str, decline_code: &str) -> Option<PaymentState> {
    Some(match word {
        "created" => PaymentState::Created,
        "authorized" => PaymentState::Authorized,
        "declined" => PaymentState::Declined(decline_code.to_owned()),
        "captured" => PaymentState::Captured,
        "voided" => PaymentState::Voided,
        "none" => PaymentState::Absent,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrupt_payment_is_refused() {
        let order = "01890a5d-ac96-774b-bcce-b302099a8057";
        let fields =
            [("amount", "5"), ("currency", "USD"), ("state", "captured"), ("user", order), ("refund:1", "2")];
        let good = HashMap::from(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(listed(order, &good).unwrap().refunds, [(1, 2)]);
        for field in good.keys() {
            let mut corrupt = good.clone();
            corrupt.insert(field.clone(), "?".to_owned());
            assert!(listed(order, &corrupt).is_none(), "{field}");
        }
    }
}
