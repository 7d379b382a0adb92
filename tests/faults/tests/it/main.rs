//! Tests of the checker. A correct shop has no violation, and the checker finds every planted
//! error.
#![cfg(test)]

mod archive;
mod audit;
mod breaking;
mod closing;
mod ends;
mod money;
mod moving;
mod mutate;
mod order;
mod plant;
mod quiet;
mod reading;
mod recorder;
mod reports;
mod restored;
mod secrets;
mod seen;
mod shop;
mod shown;
mod stage;
mod states;
mod stock;
mod sweep;
mod told;
mod view;
