//! What runs beside the requests.

mod sweeper;

pub(crate) use sweeper::Sweeper;
