//! The built-in sandbox: a gateway with its own books in Redis, where test cards decline as Stripe's users know them.

use async_trait::async_trait;
use estore_contract::{Money, OrderId};
use estore_kit::redis::{Redis, fcall, fcall_ro};
use redis::Cmd;

use super::{CardGateway, CreatedPayment, PaymentState, Silence, Voided};
use crate::domain::Card;

const TAG: &str = "{gw}";

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
        Ok(match word.as_str() {
            "created" => PaymentState::Created,
            "authorized" => PaymentState::Authorized,
            "declined" => PaymentState::Declined(code),
            "captured" => PaymentState::Captured,
            "voided" => PaymentState::Voided,
            "none" => PaymentState::Absent,
            other => return Err(Silence(format!("it answered {other}"))),
        })
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
    async fn create(&self, order: OrderId, amount: Money) -> Result<CreatedPayment, Silence> {
        let mut call = fcall("gw1_create", TAG);
        call.arg(order.to_string()).arg(amount.amount).arg(amount.currency.code());
        match self.ask(&call).await?.0.as_str() {
            "voided" => Ok(CreatedPayment::Voided),
            "mismatch" => Err(Silence("the order has a payment of another amount".to_owned())),
            _ => Ok(CreatedPayment::Id(format!("sandbox_{order}"))),
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

    async fn capture(&self, order: OrderId, _payment: &str) -> Result<PaymentState, Silence> {
        self.state(fcall("gw1_capture", TAG).arg(order.to_string())).await
    }

    async fn void(&self, order: OrderId, _payment: Option<&str>) -> Result<Voided, Silence> {
        let (word, authorized) = self.ask(fcall("gw1_void", TAG).arg(order.to_string())).await?;
        Ok(if word == "captured" { Voided::Captured } else { Voided::Done { authorized: authorized == "1" } })
    }
}
