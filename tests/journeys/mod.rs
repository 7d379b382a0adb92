//! What people do, from end to end.

mod accounts;
mod admins;
mod archived;
mod catalogue;
mod conditions;
mod free;
mod leaving;
mod mail_batches;
mod moving;
mod moving_back;
mod order_mails;
mod orders;
mod pages;
mod passwords;
mod proving;
mod refunds;
mod refusals;
mod search;
mod seed_flows;
mod sessions;
mod templates;
