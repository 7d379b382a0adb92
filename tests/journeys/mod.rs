//! What people do, from end to end.

mod accounts;
mod admins;
mod catalogue;
mod orders;
mod refunds;
mod refusals;
mod seed_flows;
