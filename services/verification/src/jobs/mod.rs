//! Background jobs.

mod housekeeping;
mod outbox;
mod verified_events;

pub(crate) use housekeeping::Housekeeping;
pub(crate) use outbox::Outbox;
pub(crate) use verified_events::VerifiedEvents;
