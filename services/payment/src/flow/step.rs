//! One step: what an order needs next, given how it stands. Each may be repeated.

use estore_contract::{Code, reservation::ReserveLine};

use super::{Flow, Stuck};
use crate::{
    domain::{Order, Refusal, State, price},
    gateway::{CreatedPayment, PaymentState},
    peers::Refused,
    store::{methods, orders::Patch},
};

impl Flow {
    pub(super) async fn step(&self, order: &Order) -> Result<Order, Stuck> {
        match order.state {
            State::Accepted => self.reserve(order).await,
            State::Reserved => match &order.payment {
                None => self.create_payment(order).await,
                Some(payment) => self.authorize(order, payment).await,
            },
            // Written before confirm is first sent: from here on no deadline decides.
            State::Authorized => self.advance(order, State::Confirming, Patch::none()).await,
            State::Confirming => self.confirm(order).await,
            State::Confirmed => self.capture(order).await,
            State::Cancelling => self.undo(order).await,
            State::Completed | State::Cancelled => Ok(order.clone()),
        }
    }

    async fn reserve(&self, order: &Order) -> Result<Order, Stuck> {
        let lines = order
            .request
            .items
            .iter()
            .map(|item| ReserveLine { sku: item.sku.clone(), quantity: item.quantity });
        let reservation = match self.inventory.reserve(order.id, lines.collect()).await {
            Ok(reservation) => reservation,
            Err(Refused::Final(Code::ReservationClosed, _)) => {
                return self.refuse(order, &Refusal::timed_out()).await;
            }
            Err(Refused::Final(code, body)) => {
                let refusal = Refusal { details: body.details, ..Refusal::new(code, &body.message) };
                return self.refuse(order, &refusal).await;
            }
            Err(unknown) => return Err(unknown.into()),
        };
        let deadline = reservation.expires_at.ok_or(Stuck::Incomplete("deadline"))?;
        let deadline = i64::try_from(deadline.unix_timestamp_nanos() / 1_000_000)
            .map_err(|_| Stuck::Incomplete("deadline"))?;
        match price(reservation.items, order.request.expected_total) {
            Ok((lines, total)) => {
                self.advance(order, State::Reserved, Patch::none().priced(&lines, total, deadline)).await
            }
            Err(refusal) => self.refuse(order, &refusal).await,
        }
    }

    /// No money moves yet: the payment's id is noted first, so that whatever happens can be settled by reading.
    async fn create_payment(&self, order: &Order) -> Result<Order, Stuck> {
        let (_, total) = order.priced.as_ref().ok_or(Stuck::Incomplete("price"))?;
        match self.gateway.create(order.id, *total).await? {
            CreatedPayment::Id(id) => self.advance(order, State::Reserved, Patch::none().payment(&id)).await,
            CreatedPayment::Voided => self.refuse(order, &Refusal::timed_out()).await,
        }
    }

    async fn authorize(&self, order: &Order, payment: &str) -> Result<Order, Stuck> {
        let (_, total) = order.priced.as_ref().ok_or(Stuck::Incomplete("price"))?;
        // An attempt before this one may have got through without its answer: reading settles it.
        let mut state = if order.attempts > 0 {
            self.gateway.read(order.id, payment).await?
        } else {
            PaymentState::Created
        };
        if state == PaymentState::Created {
            let Some(card) =
                methods::read(&self.redis, order.method()).await?.filter(|card| card.user == order.user)
            else {
                return self
                    .refuse(order, &Refusal::new(Code::PaymentMethodNotFound, "The saved card is gone."))
                    .await;
            };
            let Ok(card) = card.open(&self.card_keys) else {
                self.alarm(order, "card_cannot_be_opened");
                return self
                    .refuse(
                        order,
                        &Refusal::new(
                            Code::PaymentMethodNotFound,
                            "The saved card cannot be used; save it again.",
                        ),
                    )
                    .await;
            };
            state = self.gateway.authorize(order.id, payment, &card).await?;
        }
        match state {
            PaymentState::Authorized => {
                self.advance(order, State::Authorized, Patch::none().entry("authorization", *total)).await
            }
            PaymentState::Declined(code) => self.refuse(order, &Refusal::declined(&code)).await,
            PaymentState::Voided | PaymentState::Absent => self.refuse(order, &Refusal::timed_out()).await,
            PaymentState::Created => Err(Stuck::Incomplete("authorization")),
            PaymentState::Captured => {
                self.alarm(order, "captured_before_confirmed");
                Err(Stuck::Incomplete("authorization"))
            }
        }
    }

    async fn confirm(&self, order: &Order) -> Result<Order, Stuck> {
        match self.inventory.confirm(order.id).await {
            Ok(_reservation) => self.advance(order, State::Confirmed, Patch::none()).await,
            Err(Refused::Final(..)) => self.refuse(order, &Refusal::timed_out()).await,
            Err(unknown) => Err(unknown.into()),
        }
    }

    async fn capture(&self, order: &Order) -> Result<Order, Stuck> {
        let (_, total) = order.priced.as_ref().ok_or(Stuck::Incomplete("price"))?;
        let payment = order.payment.as_deref().ok_or(Stuck::Incomplete("payment"))?;
        match self.gateway.capture(order.id, payment).await? {
            PaymentState::Captured => {
                self.advance(order, State::Completed, Patch::none().entry("capture", *total)).await
            }
            PaymentState::Voided => {
                // Only a payment that reads as cancelled is never captured: the authorization ran out.
                self.alarm(order, "authorization_lost");
                self.refuse(order, &Refusal::declined("authorization_expired")).await
            }
            _ => Err(Stuck::Incomplete("capture")),
        }
    }
}
