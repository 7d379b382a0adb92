//! Executes every query of every dashboard and alert against a busy shop and its real Prometheus.
//! Also tests the page of `./dev up --observe`.
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
