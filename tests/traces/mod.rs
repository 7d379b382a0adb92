//! What traces and logs tell of what the shop does.

mod away;
mod crash;
mod logs;
mod mails;
mod order;
mod sampled;
mod stand;
mod tree;
