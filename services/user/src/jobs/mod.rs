//! What runs beside the requests.

mod outbox;

pub(crate) use outbox::Outbox;
