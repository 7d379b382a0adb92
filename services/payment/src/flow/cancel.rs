//! Undoing an order: the money first, then the stock.

use estore_contract::Code;

use super::{Flow, Stuck};
use crate::{
    domain::{Order, State},
    gateway::Voided,
    peers::Refused,
    store::orders::Patch,
};

impl Flow {
    /// Voids, releases (or puts back), and ends the order. Both may be repeated without end.
    pub(super) async fn undo(&self, order: &Order) -> Result<Order, Stuck> {
        // The fence goes up even where no payment is known: one may be on its way.
        let voided = self.gateway.void(order.id, order.payment.as_deref()).await?;
        let authorized = match voided {
            Voided::Done { authorized } => authorized,
            Voided::Captured => {
                self.alarm(order, "captured_while_cancelling");
                return Err(Stuck::Incomplete("void"));
            }
        };
        match self.inventory.release(order.id).await {
            Ok(_reservation) => {}
            Err(Refused::Final(Code::AlreadyConfirmed, _)) => {
                self.inventory.put_back_all(order.id).await?;
            }
            Err(unknown) => return Err(unknown.into()),
        }
        let mut patch = Patch::none();
        if let (Some((_, total)), true) = (&order.priced, authorized) {
            // An authorization whose answer was lost is in the gateway's books and not in ours yet.
            if !order.has_authorization {
                patch = patch.entry("authorization", *total);
            }
            patch = patch.entry("void", *total);
        }
        self.advance(order, State::Cancelled, patch).await
    }
}
