//! What people do, from end to end.

mod accounts;
mod admins;
mod catalogue;
mod leaving;
mod moving;
mod order_mails;
mod orders;
mod pages;
mod passwords;
mod refunds;
mod refusals;
mod seed_flows;
mod sessions;
mod templates;
