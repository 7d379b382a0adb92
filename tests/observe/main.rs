//! What is observed, executed: every query of every dashboard and alert, against a shop in which everything was done, and its real
//! Prometheus; and the page of `./dev up --observe`.
#![cfg(test)]

mod dashboards;
mod documents;
mod exposition;
mod flood;
mod journeys;
mod listed;
mod page;
mod promql;
mod promtool;
mod queries;
mod rules;
mod scene;
