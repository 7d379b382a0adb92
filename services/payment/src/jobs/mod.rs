//! The background jobs that run in every replica.

mod faults;
mod mailer;
mod numbers;
mod reconciler;
mod survey;
mod worker;

pub(crate) use faults::FaultReader;
pub(crate) use mailer::Mailer;
pub(crate) use numbers::Numberer;
pub(crate) use reconciler::Reconciler;
pub(crate) use survey::Surveyor;
pub(crate) use worker::Worker;
