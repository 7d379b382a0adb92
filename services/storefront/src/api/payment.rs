//! The Payment Service: cards, orders and refunds.

use super::{Call, Caller, Service};

/// The calls to the Payment Service.
#[derive(Clone, Copy)]
pub(crate) struct Payment<'a>(pub(crate) Call<'a>);

impl<'a> Payment<'a> {
    pub(crate) fn new(caller: Caller<'a>) -> Self {
        Self(caller.to(Service::Payment))
    }
}
