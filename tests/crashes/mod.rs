//! Behavior of the shop when a process dies.

mod exporting;
mod faults_on_demand;
mod freezing;
mod leaving;
mod mail_records;
mod mails;
mod replica;
mod stage;
