//! The black-box tests: everything over HTTP, against the shipped programs.
#![cfg(test)]

mod abuse;
mod again;
mod crashes;
mod house;
mod journeys;
mod privacy;
mod restore;
mod traces;
