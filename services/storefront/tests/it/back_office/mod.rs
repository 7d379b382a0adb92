//! The back office: what admins see and change, and that nobody else does.

mod bodies;
mod conflicts;
mod fake;
mod orders;
mod pages;
mod people;
mod prices;
mod products;
mod tables;
mod today;
mod unanswered;
