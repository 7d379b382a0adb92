//! Traces and logs of the shop's work.

mod away;
mod crash;
mod logs;
mod mails;
mod order;
mod sampled;
mod stand;
mod tree;
