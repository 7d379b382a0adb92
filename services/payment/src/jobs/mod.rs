//! What runs beside the requests.

mod worker;

pub(crate) use worker::Worker;
