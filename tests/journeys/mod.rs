//! What people do, from end to end.

mod accounts;
mod admins;
mod catalogue;
mod leaving;
mod moving;
mod orders;
mod pages;
mod passwords;
mod refunds;
mod refusals;
mod seed_flows;
mod sessions;
