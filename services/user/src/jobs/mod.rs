//! What runs beside the requests.

mod housekeeping;
mod outbox;

pub(crate) use housekeeping::Housekeeping;
pub(crate) use outbox::Outbox;
