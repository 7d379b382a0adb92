//! The client of the Inventory Service's reservations. Only the codes that a route publishes are
//! final (order-flow section 5). Any other refusal leaves the outcome unknown, and the call is
//! repeated.

use axum::http::Method;
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    Code, ErrorBody, OrderId, PeerName,
    demo::SwitchKind,
    inventory::JournalEntry,
    reservation::{
        Quote, QuoteRequest, Reservation, ReservationChange, ReserveLine, ReserveRequest, ReservedLine,
        ReturnRequest,
    },
};

use super::gatherer::Gatherer;
use crate::faults::Switches;

/// The client of the Inventory Service.
#[derive(Clone)]
pub struct Inventory {
    peer: PeerClient,
    /// Sends what every order needs, so that concurrent orders share calls.
    changes: Gatherer,
    switches: Switches,
}

/// The reason why a call returned no reservation.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Refused for good.
    #[error("inventory refused: {}", .1.code)]
    Final(Code, Box<ErrorBody>),
    /// The outcome is unknown.
    #[error(transparent)]
    Unknown(PeerError),
}

impl Inventory {
    /// Wraps this client.
    #[must_use]
    pub fn new(peer: PeerClient) -> Self {
        Self { changes: Gatherer::new(peer.clone()), peer, switches: Switches::default() }
    }

    /// Fails calls while the fault [`SwitchKind::Apart`] is on.
    #[must_use]
    pub fn with_switches(self, switches: Switches) -> Self {
        Self { switches, ..self }
    }

    /// Fails as a call to an unreachable peer does, before anything is sent.
    fn reach(&self) -> Result<&PeerClient, PeerError> {
        if self.switches.is_on(SwitchKind::Apart) {
            let reason = "a fault on demand keeps the services apart".to_owned();
            return Err(PeerError::Unknown { peer: PeerName::Inventory, reason });
        }
        Ok(&self.peer)
    }

    /// Returns the current price of lines. Returns `None` if the price is not known before the
    /// hold: an item is not for sale, or the peer's version has no quotes.
    pub async fn quote(&self, items: Vec<ReserveLine>) -> Result<Option<Vec<ReservedLine>>, Refused> {
        let peer = self.reach().map_err(Refused::Unknown)?;
        let request = QuoteRequest { items };
        match peer.call::<Quote>(Method::POST, "/internal/quotes", Some(&request)).await {
            Ok(quote) => Ok(Some(quote.items)),
            Err(error) if matches!(error.code(), Some(Code::UnknownSku | Code::NotFound)) => Ok(None),
            Err(error) => Err(Refused::Unknown(error)),
        }
    }

    /// Holds stock. Concurrent orders share a call.
    pub async fn reserve(&self, order: OrderId, items: Vec<ReserveLine>) -> Result<Reservation, Refused> {
        let _peer = self.reach().map_err(Refused::Unknown)?;
        let request = ReserveRequest { order_id: order, items };
        let answer = self.changes.change(ReservationChange::Reserve(request)).await;
        settle(answer, &[Code::InsufficientStock, Code::UnknownSku, Code::ReservationClosed])
    }

    /// Sells the held stock. Concurrent orders share a call.
    pub async fn confirm(&self, order: OrderId) -> Result<Reservation, Refused> {
        let _peer = self.reach().map_err(Refused::Unknown)?;
        let answer = self.changes.change(ReservationChange::Confirm(order)).await;
        settle(answer, &[Code::ReservationClosed, Code::ReservationUnknown])
    }

    /// Releases the held stock, or keeps a late reserve out.
    pub async fn release(&self, order: OrderId) -> Result<Reservation, Refused> {
        let peer = self.reach().map_err(Refused::Unknown)?;
        let path = format!("/internal/reservations/{order}/release");
        settle(peer.call(Method::POST, &path, None::<&()>).await, &[Code::AlreadyConfirmed])
    }

    /// Restocks sold stock, once for each `n`: `items`, or everything that is not restocked yet.
    pub async fn restock(
        &self,
        order: OrderId,
        n: u32,
        items: Option<Vec<ReserveLine>>,
    ) -> Result<Reservation, Refused> {
        let peer = self.reach().map_err(Refused::Unknown)?;
        let request = ReturnRequest { n, items };
        let path = format!("/internal/reservations/{order}/return");
        // The last two: Inventory lost the reservation, or sold fewer units (order-flow section 7).
        let finals = [Code::ReservationClosed, Code::ReservationUnknown, Code::ValidationError];
        settle(peer.call(Method::POST, &path, Some(&request)).await, &finals)
    }

    /// Reads a reservation; `None` if it does not exist.
    pub async fn read(&self, order: OrderId) -> Result<Option<Reservation>, Refused> {
        let peer = self.reach().map_err(Refused::Unknown)?;
        let path = format!("/internal/reservations/{order}");
        let answer = peer.call(Method::GET, &path, None::<&()>).await;
        match settle(answer, &[Code::ReservationUnknown]) {
            Ok(reservation) => Ok(Some(reservation)),
            Err(Refused::Final(..)) => Ok(None),
            Err(unknown) => Err(unknown),
        }
    }

    /// Reads the journal of all stock movements, after a place in it or from its beginning.
    pub async fn journal(&self, after: Option<&str>, limit: usize) -> Result<Vec<JournalEntry>, PeerError> {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("/internal/reservations?limit={limit}{after}");
        self.reach()?.call(Method::GET, &path, None::<&()>).await
    }
}

fn settle(answer: Result<Reservation, PeerError>, finals: &[Code]) -> Result<Reservation, Refused> {
    answer.map_err(|error| match (error.code(), error) {
        (Some(code), PeerError::Answered(_, body)) if finals.contains(&code) => Refused::Final(code, body),
        (_, error) => Refused::Unknown(error),
    })
}
