//! What runs beside the requests.

mod erasures;
mod housekeeping;
mod outbox;

pub(crate) use erasures::Erasures;
pub(crate) use housekeeping::Housekeeping;
pub(crate) use outbox::Outbox;
