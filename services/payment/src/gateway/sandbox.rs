//! The built-in sandbox: a gateway with its own books in Redis, where test cards decline as Stripe's users know them.

use std::collections::HashMap;

use async_trait::async_trait;
use estore_contract::{Money, OrderId, UserId};
use estore_kit::redis::{Redis, fcall, fcall_ro};
use redis::Cmd;
use time::OffsetDateTime;

use super::{
    AmountRule, CardGateway, CreatedPayment, ListedPayment, PaymentState, RefundState, Silence, Voided,
};
use crate::domain::Card;

const TAG: &str = "{gw}";
/// A payment's id is this and its order.
const PREFIX: &str = "sandbox_";
/// How many payments are listed at once.
const PAGE: usize = 100;

/// The sandbox.
#[derive(Clone)]
pub struct Sandbox {
    redis: Redis,
}

impl Sandbox {
    /// With its books in `redis`.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self { redis }
    }

    async fn ask(&self, call: &Cmd) -> Result<(String, String), Silence> {
        let answer: Result<Vec<String>, _> = call.query_async(&mut self.redis.connection()).await;
        let mut words = answer.map_err(|error| Silence(error.to_string()))?.into_iter();
        Ok((words.next().unwrap_or_default(), words.next().unwrap_or_default()))
    }

    async fn state(&self, call: &Cmd) -> Result<PaymentState, Silence> {
        let (word, code) = self.ask(call).await?;
        state(&word, &code).ok_or_else(|| Silence(format!("it answered {word}")))
    }
}

/// Why a card declines; `None` for every card that is not listed.
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
    /// It moves whatever it is asked to.
    fn rule(&self) -> Option<AmountRule> {
        None
    }

    async fn create(&self, order: OrderId, user: UserId, amount: Money) -> Result<CreatedPayment, Silence> {
        let mut call = fcall("gw1_create", TAG);
        call.arg(order.to_string()).arg(amount.amount).arg(amount.currency.code()).arg(user.to_string());
        match self.ask(&call).await?.0.as_str() {
            "voided" => Ok(CreatedPayment::Voided),
            "mismatch" => Err(Silence("the order has a payment of another amount".to_owned())),
            _ => Ok(CreatedPayment::Id(format!("{PREFIX}{order}"))),
        }
    }

    async fn authorize(&self, order: OrderId, _payment: &str, card: &Card) -> Result<PaymentState, Silence> {
        self.state(
            fcall("gw1_authorize", TAG).arg(order.to_string()).arg(decline_code(card).unwrap_or_default()),
        )
        .await
    }

    async fn read(&self, order: OrderId, _payment: &str) -> Result<PaymentState, Silence> {
        self.state(fcall_ro("gw1_read", TAG).arg(order.to_string())).await
    }

    async fn capture(&self, order: OrderId, _payment: &str, _again: bool) -> Result<PaymentState, Silence> {
        self.state(fcall("gw1_capture", TAG).arg(order.to_string())).await
    }

    async fn void(&self, order: OrderId, _payment: Option<&str>) -> Result<Voided, Silence> {
        let (word, authorized) = self.ask(fcall("gw1_void", TAG).arg(order.to_string())).await?;
        Ok(if word == "captured" { Voided::Captured } else { Voided::Done { authorized: authorized == "1" } })
    }

    async fn refund(
        &self,
        order: OrderId,
        _payment: &str,
        n: u32,
        amount: Money,
        _again: bool,
    ) -> Result<RefundState, Silence> {
        let mut call = fcall("gw1_refund", TAG);
        call.arg(order.to_string()).arg(n).arg(amount.amount);
        let (word, code) = self.ask(&call).await?;
        Ok(if word == "done" { RefundState::Done } else { RefundState::Failed(code) })
    }

    async fn list(&self, since: OffsetDateTime, after: Option<&str>) -> Result<Vec<ListedPayment>, Silence> {
        let mut call = fcall_ro("gw1_list", TAG);
        let since = since.unix_timestamp_nanos() / 1_000_000;
        let after = after.map(|payment| payment.trim_start_matches(PREFIX)).unwrap_or_default();
        call.arg(since.to_string()).arg(after).arg(PAGE);
        let rows: Result<Vec<(String, HashMap<String, String>)>, _> =
            call.query_async(&mut self.redis.connection()).await;
        let rows = rows.map_err(|error| Silence(error.to_string()))?;
        let bad = |order: &str| Silence(format!("payment of {order} is not understood"));
        rows.iter().map(|(order, fields)| listed(order, fields).ok_or_else(|| bad(order))).collect()
    }
}

fn listed(order: &str, fields: &HashMap<String, String>) -> Option<ListedPayment> {
    let text = |name: &str| fields.get(name).map(String::as_str);
    let refund = |(name, amount): (&String, &String)| {
        Some((name.strip_prefix("refund:")?.parse().ok()?, amount.parse().ok()?))
    };
    Some(ListedPayment {
        payment: format!("{PREFIX}{order}"),
        order: order.parse().ok()?,
        user: text("user").and_then(|user| user.parse().ok()),
        amount: Money::new(text("amount")?.parse().ok()?, text("currency")?.parse().ok()?),
        state: state(text("state")?, text("decline_code").unwrap_or_default())?,
        refunds: fields.iter().filter_map(refund).collect(),
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
