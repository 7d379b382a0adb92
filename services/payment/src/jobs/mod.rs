//! What runs beside the requests, in every replica.

mod mailer;
mod reconciler;
mod survey;
mod worker;

pub(crate) use mailer::Mailer;
pub(crate) use reconciler::Reconciler;
pub(crate) use survey::Surveyor;
pub(crate) use worker::Worker;
