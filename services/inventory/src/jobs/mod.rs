//! What runs beside the requests.

mod survey;
mod sweeper;

pub(crate) use survey::Surveyor;
pub(crate) use sweeper::Sweeper;
