//! The kinds of steps that a customer takes.

use estore_contract::demo::Mix;

/// A step of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads the catalogue.
    Browse,
    /// Fills a basket at the storefront.
    Basket,
    /// Orders and pays.
    Order,
    /// Orders with a card that is declined.
    Decline,
    /// Orders and cancels.
    Cancel,
    /// Orders, and gets a refund.
    Refund,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 6] =
        [Self::Browse, Self::Basket, Self::Order, Self::Decline, Self::Cancel, Self::Refund];

    /// Returns true if the step places an order.
    pub(crate) const fn orders(self) -> bool {
        !matches!(self, Self::Browse | Self::Basket)
    }

    /// Returns the weight in a mix.
    pub(crate) const fn weight(self, mix: &Mix) -> u32 {
        match self {
            Self::Browse => mix.browse,
            Self::Basket => mix.basket,
            Self::Order => mix.order,
            Self::Decline => mix.decline,
            Self::Cancel => mix.cancel,
            Self::Refund => mix.refund,
        }
    }
}
