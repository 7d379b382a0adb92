//! Tests bootstrap with a real Kubernetes API server: that of `KUBECONFIG`, in separate namespaces
//! that are deleted afterwards. Without one, these tests print a loud warning that they did not
//! run.
#![cfg(test)]

mod authority;
mod cluster;
mod databases;
mod job;
mod kills;
mod libraries;
mod migrations;
mod operator;
mod postgres;
mod refused;
mod repeated;
mod roles;
mod secrets;
mod shop;
