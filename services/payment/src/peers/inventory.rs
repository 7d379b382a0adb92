//! The Inventory Service's reservations. Only the codes that a route publishes are final (order-flow section 5); any other
//! refusal is unknown, and is asked again.

use axum::http::Method;
use estore_contract::{
    Code, ErrorBody, OrderId,
    inventory::JournalEntry,
    reservation::{
        Quote, QuoteRequest, Reservation, ReserveLine, ReserveRequest, ReservedLine, ReturnRequest,
    },
};
use estore_kit::peer::{PeerClient, PeerError};

/// The client.
#[derive(Clone)]
pub struct Inventory(PeerClient);

/// Why a call brought no reservation.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// For good.
    #[error("inventory refused: {}", .1.code)]
    Final(Code, Box<ErrorBody>),
    /// Nobody knows.
    #[error(transparent)]
    Unknown(PeerError),
}

impl Inventory {
    /// Over this client.
    #[must_use]
    pub fn new(client: PeerClient) -> Self {
        Self(client)
    }

    /// What lines cost now; `None` where that is not known before they are held: something is not for sale, or the peer is of a
    /// version that knows no quotes.
    pub async fn quote(&self, items: Vec<ReserveLine>) -> Result<Option<Vec<ReservedLine>>, Refused> {
        let answer =
            self.0.call::<Quote>(Method::POST, "/internal/quotes", Some(&QuoteRequest { items })).await;
        match answer {
            Ok(quote) => Ok(Some(quote.items)),
            Err(error) if matches!(error.code(), Some(Code::UnknownSku | Code::NotFound)) => Ok(None),
            Err(error) => Err(Refused::Unknown(error)),
        }
    }

    /// Sets stock aside.
    pub async fn reserve(&self, order: OrderId, items: Vec<ReserveLine>) -> Result<Reservation, Refused> {
        let request = ReserveRequest { order_id: order, items };
        let answer = self.0.call(Method::POST, "/internal/reservations", Some(&request)).await;
        settle(answer, &[Code::InsufficientStock, Code::UnknownSku, Code::ReservationClosed])
    }

    /// Sells what is held.
    pub async fn confirm(&self, order: OrderId) -> Result<Reservation, Refused> {
        let answer =
            self.0.call(Method::POST, &format!("/internal/reservations/{order}/confirm"), None::<&()>).await;
        settle(answer, &[Code::ReservationClosed, Code::ReservationUnknown])
    }

    /// Lets go of what is held, or keeps a late reserve out.
    pub async fn release(&self, order: OrderId) -> Result<Reservation, Refused> {
        let answer =
            self.0.call(Method::POST, &format!("/internal/reservations/{order}/release"), None::<&()>).await;
        settle(answer, &[Code::AlreadyConfirmed])
    }

    /// Puts sold stock back, once for each `n`: `items`, or everything that has not come back yet.
    pub async fn put_back(
        &self,
        order: OrderId,
        n: u32,
        items: Option<Vec<ReserveLine>>,
    ) -> Result<Reservation, Refused> {
        let request = ReturnRequest { n, items };
        let path = format!("/internal/reservations/{order}/return");
        settle(self.0.call(Method::POST, &path, Some(&request)).await, &[Code::ReservationClosed])
    }

    /// How a reservation stands; `None` where there is none.
    pub async fn read(&self, order: OrderId) -> Result<Option<Reservation>, Refused> {
        let answer = self.0.call(Method::GET, &format!("/internal/reservations/{order}"), None::<&()>).await;
        match settle(answer, &[Code::ReservationUnknown]) {
            Ok(reservation) => Ok(Some(reservation)),
            Err(Refused::Final(..)) => Ok(None),
            Err(unknown) => Err(unknown),
        }
    }

    /// The journal of everything that moved stock, after a place in it or from its beginning.
    pub async fn journal(&self, after: Option<&str>, limit: usize) -> Result<Vec<JournalEntry>, PeerError> {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        self.0.call(Method::GET, &format!("/internal/reservations?limit={limit}{after}"), None::<&()>).await
    }
}

fn settle(answer: Result<Reservation, PeerError>, finals: &[Code]) -> Result<Reservation, Refused> {
    answer.map_err(|error| match (error.code(), error) {
        (Some(code), PeerError::Answered(_, body)) if finals.contains(&code) => Refused::Final(code, body),
        (_, error) => Refused::Unknown(error),
    })
}
