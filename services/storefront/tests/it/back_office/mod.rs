//! The back office: what admins see and change, and that nobody else does.

mod conflicts;
mod fake;
mod orders;
mod pages;
mod people;
mod products;
mod tables;
mod unanswered;
