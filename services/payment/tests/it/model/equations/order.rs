//! The equations of one order, its stock and its money.

use estore_payment::domain::{RefundStage, State as Stands};

use crate::model::{
    facts::{Books, OrderFacts, RefundFacts, Reservation},
    state::{CANCELLED, COMPLETED},
};

/// Attempts without a step forward; more would be a loop.
const MOST_ATTEMPTS: i64 = 8;

/// A function that reads one number of a refund.
type Part = fn(&RefundFacts) -> i64;

/// A buyer's order, its stock, its money, and the state that its client got.
pub(super) struct One<'a> {
    pub(super) order: Option<&'a OrderFacts>,
    pub(super) stock: Option<&'a Reservation>,
    pub(super) books: Option<&'a Books>,
    pub(super) told: u8,
    /// True if nothing of it is in progress: it is final and no driver works on it, or all is
    /// quiet.
    pub(super) rests: bool,
}

impl One<'_> {
    fn is_completed(&self) -> bool {
        self.order.is_some_and(|order| order.state == Stands::Completed)
    }

    /// Compares line for line; there is only one line.
    pub(super) fn stock_fits(&self) -> bool {
        let sold = self.stock.filter(|stock| stock.status == "confirmed");
        match (self.order.filter(|_| self.is_completed()), sold) {
            (Some(order), Some(stock)) => order.quantity == stock.quantity,
            (None, None) => true,
            _ => !self.rests,
        }
    }

    pub(super) fn ledger_fits(&self) -> bool {
        self.order.is_none_or(|order| {
            order.captures <= 1
                && (order.captures == 1) == (self.is_completed() && order.amount != Some(0))
                && (order.amount != Some(0) || order.authorizations == 0)
                && order.captures + order.voids <= order.authorizations
                && order.authorizations <= 1
        })
    }

    pub(super) fn books_fit(&self) -> bool {
        let free = self.order.is_some_and(|order| order.amount == Some(0));
        let Some(books) = self.books else { return free || !(self.rests && self.is_completed()) };
        // No gateway gets a call for a free order.
        if free {
            return false;
        }
        let ends = (books.captured == 1) == self.is_completed() && books.state != "authorized";
        books.captured <= 1 && books.authorized <= 1 && (!self.rests || ends)
    }

    pub(super) fn money_adds_up(&self) -> bool {
        let Some(order) = self.order else { return true };
        let earned = if self.is_completed() { order.total } else { 0 };
        let in_books = self.books.map_or(0, |books| books.captured * books.amount - books.refunded);
        order.captured - order.sent_back == earned - order.refunded
            && order.priced_right
            && (!self.rests || in_books == earned - order.refunded)
    }

    pub(super) fn held_is_open(&self) -> bool {
        let held = self.stock.is_some_and(|stock| stock.status == "held");
        !held || !(self.rests || self.order.is_some_and(|order| order.state.is_final()))
    }

    pub(super) fn stands(&self) -> bool {
        let state = self.order.map(|order| order.state);
        let cancelled = matches!(state, Some(Stands::Cancelled | Stands::Cancelling));
        (self.told & COMPLETED == 0 || self.is_completed()) && (self.told & CANCELLED == 0 || cancelled)
    }

    pub(super) fn is_as_told(&self) -> bool {
        let charged = self.order.is_some_and(|order| order.captures > 0)
            || self.books.is_some_and(|books| books.captured > 0);
        self.told & CANCELLED == 0 || !charged
    }

    /// From `confirming` an order is undone only if its stock or its money is out of reach for
    /// good.
    pub(super) fn is_lawful(&self) -> bool {
        let open = self.stock.is_some_and(|stock| matches!(stock.status.as_str(), "held" | "confirmed"))
            && self.books.is_none_or(|books| books.state != "voided");
        self.order.is_none_or(|order| {
            order.lawful
                && order.refunds.iter().all(|refund| refund.lawful)
                && !(order.undone_while_confirming && open)
        })
    }

    pub(super) fn ends(&self) -> bool {
        let Some(order) = self.order else { return true };
        let refunds_end = order.refunds.iter().all(|refund| refund.stage.is_final());
        let tries = order.refunds.iter().map(|refund| refund.attempts).chain([order.attempts]);
        (!self.rests || (order.state.is_final() && refunds_end)) && tries.max() <= Some(MOST_ATTEMPTS)
    }

    pub(super) fn owns_what_it_paid(&self) -> bool {
        let paid = self.books.is_some_and(|books| books.captured > 0);
        !paid || self.stock.is_some_and(Reservation::is_sold)
    }

    pub(super) fn refunds_fit(&self) -> bool {
        let Some(order) = self.order else { return true };
        let sum = |of: Part, stages: &[RefundStage]| -> i64 {
            order.refunds.iter().filter(|refund| stages.contains(&refund.stage)).map(of).sum()
        };
        let [amount, units]: [Part; 2] = [|refund| refund.amount, |refund| refund.units];
        let open = [RefundStage::Requested, RefundStage::Paid, RefundStage::Done];
        let (asked, paid) = (&open[..], &open[1..]);
        let returned = match self.stock {
            Some(stock) if stock.status == "confirmed" => stock.returned,
            _ => 0,
        };
        let sent = self.books.map_or(0, |books| books.refunded);
        sum(amount, asked) <= order.total
            && sum(units, asked) <= order.quantity
            && returned <= sum(units, paid)
            && sent <= sum(amount, asked)
            && sum(amount, paid) == order.refunded
            && (!self.rests || (returned == sum(units, paid) && sent == sum(amount, paid)))
    }
}
