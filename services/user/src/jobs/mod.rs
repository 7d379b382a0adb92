//! Background jobs.

mod erasures;
mod folding;
mod housekeeping;
mod outbox;

pub(crate) use erasures::Erasures;
pub(crate) use folding::Folding;
pub(crate) use housekeeping::Housekeeping;
pub(crate) use outbox::Outbox;
