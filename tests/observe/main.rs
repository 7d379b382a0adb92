//! Executes every query of every dashboard and alert against a busy shop and its real Prometheus.
//! Also tests the engine room of the storefront.
#![cfg(test)]

mod dashboards;
mod documents;
mod engine;
mod exposition;
mod flood;
mod journeys;
mod listed;
mod promql;
mod promtool;
mod queries;
mod rules;
mod scene;
mod standins;
