//! Sends the protocol's commands. Returns final outcomes only; every unknown outcome is an error.

use estore_base::fail_point;
use estore_contract::{
    Code,
    card::expires_before,
    reservation::{Reservation, ReserveLine},
};
use estore_telemetry::trace;

use super::{Flow, RetryLater};
use crate::{
    domain::{
        Card, Order, Refusal, StoredCard, chargeable,
        protocol::{Command, Hold, Outcome},
    },
    peers::Refused,
    store::methods,
};

impl Flow {
    /// Sends the command and waits for the final outcome.
    pub(super) async fn send(
        &self,
        order: &Order,
        command: &Command,
        card: Option<Option<Box<StoredCard>>>,
    ) -> Result<Outcome, RetryLater> {
        let name = command.name();
        let span = trace::step(name).with("estore.order.id", || order.id.to_string());
        let outcome = span.run(self.outcome(order, command, name, card)).await;
        match &outcome {
            Ok(Outcome::Refused(code, _)) => span.set("estore.refusal", || code.as_str()),
            Ok(_) => {}
            Err(reason) => span.fail(reason.kind()),
        }
        outcome
    }

    async fn outcome(
        &self,
        order: &Order,
        command: &Command,
        name: &str,
        card: Option<Option<Box<StoredCard>>>,
    ) -> Result<Outcome, RetryLater> {
        fail_point!("payment.{name}.before");
        let outcome = match command {
            Command::Reserve => self.reserve(order).await?,
            Command::CreatePayment(total, _) => {
                Outcome::Created(self.gateway.create(order.id, order.user, *total).await?)
            }
            Command::ReadPayment(payment) => Outcome::Payment(self.gateway.read(order.id, payment).await?),
            Command::Authorize(payment) => match self.card(order, card).await? {
                Ok(card) => Outcome::Payment(self.gateway.authorize(order.id, payment, &card).await?),
                Err(refusal) => Outcome::NoCard(refusal),
            },
            Command::Confirm => done(self.inventory.confirm(order.id).await)?,
            Command::Capture(payment) => {
                Outcome::Payment(self.gateway.capture(order.id, payment, order.attempts > 0).await?)
            }
            Command::Void(payment) => Outcome::Voided(self.gateway.void(order.id, payment.as_deref()).await?),
            Command::ListRefunds(payment, currency) => {
                Outcome::Refunds(self.gateway.refunds(order.id, payment, *currency).await?)
            }
            Command::RefundRest(payment, rest, _) => {
                Outcome::Refunded(self.gateway.refund(order.id, payment, 0, *rest).await?)
            }
            Command::Release(_) => done(self.inventory.release(order.id).await)?,
            Command::Restock(_) => done(self.inventory.restock(order.id, 0, None).await)?,
        };
        fail_point!("payment.{name}.answered");
        Ok(outcome)
    }

    async fn reserve(&self, order: &Order) -> Result<Outcome, RetryLater> {
        let line = |item: &estore_contract::payment::OrderItem| ReserveLine {
            sku: item.sku.clone(),
            quantity: item.quantity,
        };
        let lines: Vec<ReserveLine> = order.request.items.iter().map(line).collect();
        let rule = self.gateway.rule();
        if let Some(rule) = rule
            && let Some(quoted) = self.inventory.quote(lines.clone()).await?
            && let Err(refusal) = chargeable(quoted, rule.charge)
        {
            return Ok(Outcome::Refused(Code::AmountNotChargeable, refusal));
        }
        let hold = match self.inventory.reserve(order.id, lines).await {
            Ok(reservation) => hold(reservation)?,
            Err(refused) => return refusal(refused),
        };
        // The prices may have changed since the quote, or there was no quote.
        match rule.map(|rule| chargeable(hold.lines.clone(), rule.charge)) {
            Some(Err(refusal)) => Ok(Outcome::Refused(Code::AmountNotChargeable, refusal)),
            _ => Ok(Outcome::Hold(hold)),
        }
    }

    /// Returns the order's card, decrypted. Returns the refusal if the card or its key is gone, or
    /// if the card has expired.
    async fn card(
        &self,
        order: &Order,
        known: Option<Option<Box<StoredCard>>>,
    ) -> Result<Result<Card, Refusal>, RetryLater> {
        let gone = |message: &str| Err(Refusal::new(Code::PaymentMethodNotFound, message));
        let card = match known {
            Some(known) => known.map(|card| *card),
            None => methods::read(&self.redis, order.method()).await?,
        };
        let Some(card) = card.filter(|card| card.user == order.user) else {
            return Ok(gone("The saved card is gone."));
        };
        if expires_before(order.now, card.expiry_month, card.expiry_year) {
            return Ok(Err(Refusal::declined("expired_card")));
        }
        Ok(card.decrypt(&self.card_keys).or_else(|_| {
            self.alarm(order, "card_cannot_be_opened");
            gone("The saved card cannot be used; save it again.")
        }))
    }
}

fn hold(reservation: Reservation) -> Result<Hold, RetryLater> {
    let deadline = reservation.expires_at.map(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000_000));
    match deadline {
        Some(Ok(deadline)) => Ok(Hold { lines: reservation.items, deadline }),
        _ => Err(RetryLater::Protocol("the reservation has no deadline")),
    }
}

fn done(answer: Result<Reservation, Refused>) -> Result<Outcome, RetryLater> {
    match answer {
        Ok(_reservation) => Ok(Outcome::Done),
        Err(refused) => refusal(refused),
    }
}

fn refusal(refused: Refused) -> Result<Outcome, RetryLater> {
    match refused {
        Refused::Final(code, body) => {
            let refusal = Refusal { details: body.details, ..Refusal::new(code, &body.message) };
            Ok(Outcome::Refused(code, refusal))
        }
        unknown @ Refused::Unknown(_) => Err(unknown.into()),
    }
}
