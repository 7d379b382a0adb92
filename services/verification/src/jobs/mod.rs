//! What runs beside the requests.

mod housekeeping;
mod outbox;
mod reports;

pub(crate) use housekeeping::Housekeeping;
pub use outbox::Outbox;
pub(crate) use reports::Reports;
