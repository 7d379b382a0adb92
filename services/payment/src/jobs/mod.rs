//! What runs beside the requests, in every replica.

mod mailer;
mod reconciler;
mod worker;

pub(crate) use mailer::Mailer;
pub(crate) use reconciler::Reconciler;
pub(crate) use worker::Worker;
