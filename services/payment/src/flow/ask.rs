//! The protocol's questions, asked. Only final answers come back; whatever is unknown is an error.

use estore_contract::{
    Code,
    reservation::{Reservation, ReserveLine},
};
use estore_kit::{fail_point, trace};

use super::{Flow, Stuck};
use crate::{
    domain::{
        Card, Order, Refusal, StoredCard, chargeable, expires_before,
        protocol::{Answer, Ask, Held},
    },
    peers::Refused,
    store::methods,
};

impl Flow {
    /// Asks, and waits for the final answer.
    pub(super) async fn ask(
        &self,
        order: &Order,
        ask: &Ask,
        card: Option<Option<Box<StoredCard>>>,
    ) -> Result<Answer, Stuck> {
        let name = ask.name();
        let span = trace::step(name).with("estore.order.id", || order.id.to_string());
        let answer = span.run(self.answer(order, ask, name, card)).await;
        match &answer {
            Ok(Answer::Refused(code, _)) => span.set("estore.refusal", || code.as_str()),
            Ok(_) => {}
            Err(stuck) => span.fail(stuck.kind()),
        }
        answer
    }

    async fn answer(
        &self,
        order: &Order,
        ask: &Ask,
        name: &str,
        card: Option<Option<Box<StoredCard>>>,
    ) -> Result<Answer, Stuck> {
        fail_point!("payment.{name}.before");
        let answer = match ask {
            Ask::Reserve => self.reserve(order).await?,
            Ask::CreatePayment(total, _) => {
                Answer::Created(self.gateway.create(order.id, order.user, *total).await?)
            }
            Ask::ReadPayment(payment) => Answer::Payment(self.gateway.read(order.id, payment).await?),
            Ask::Authorize(payment) => match self.card(order, card).await? {
                Ok(card) => Answer::Payment(self.gateway.authorize(order.id, payment, &card).await?),
                Err(refusal) => Answer::NoCard(refusal),
            },
            Ask::Confirm => done(self.inventory.confirm(order.id).await)?,
            Ask::Capture(payment) => {
                Answer::Payment(self.gateway.capture(order.id, payment, order.attempts > 0).await?)
            }
            Ask::Void(payment) => Answer::Voided(self.gateway.void(order.id, payment.as_deref()).await?),
            Ask::RefundAll(payment, amount) => Answer::Refunded(
                self.gateway.refund(order.id, payment, 0, *amount, order.attempts > 0).await?,
            ),
            Ask::Release(_) => done(self.inventory.release(order.id).await)?,
            Ask::PutBack(_) => done(self.inventory.put_back(order.id, 0, None).await)?,
        };
        fail_point!("payment.{name}.answered");
        Ok(answer)
    }

    async fn reserve(&self, order: &Order) -> Result<Answer, Stuck> {
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
            return Ok(Answer::Refused(Code::AmountNotChargeable, refusal));
        }
        let held = match self.inventory.reserve(order.id, lines).await {
            Ok(reservation) => held(reservation)?,
            Err(refused) => return refusal(refused),
        };
        // The prices may have changed since they were quoted, or nobody quoted them.
        match rule.map(|rule| chargeable(held.lines.clone(), rule.charge)) {
            Some(Err(refusal)) => Ok(Answer::Refused(Code::AmountNotChargeable, refusal)),
            _ => Ok(Answer::Held(held)),
        }
    }

    /// The order's card, opened; or the refusal where it is gone, it has ended, or its key is gone.
    async fn card(
        &self,
        order: &Order,
        known: Option<Option<Box<StoredCard>>>,
    ) -> Result<Result<Card, Refusal>, Stuck> {
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
        Ok(card.open(&self.card_keys).or_else(|_| {
            self.alarm(order, "card_cannot_be_opened");
            gone("The saved card cannot be used; save it again.")
        }))
    }
}

fn held(reservation: Reservation) -> Result<Held, Stuck> {
    let deadline = reservation.expires_at.map(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000_000));
    match deadline {
        Some(Ok(deadline)) => Ok(Held { lines: reservation.items, deadline }),
        _ => Err(Stuck::Protocol("the reservation has no deadline")),
    }
}

fn done(answer: Result<Reservation, Refused>) -> Result<Answer, Stuck> {
    match answer {
        Ok(_reservation) => Ok(Answer::Done),
        Err(refused) => refusal(refused),
    }
}

fn refusal(refused: Refused) -> Result<Answer, Stuck> {
    match refused {
        Refused::Final(code, body) => {
            let refusal = Refusal { details: body.details, ..Refusal::new(code, &body.message) };
            Ok(Answer::Refused(code, refusal))
        }
        unknown @ Refused::Unknown(_) => Err(unknown.into()),
    }
}
