//! Bootstrap at a real Kubernetes API server: that of `KUBECONFIG`, in namespaces of its own that are deleted afterwards. Where there
//! is none, these tests say loudly that they did not run.
#![cfg(test)]

mod authority;
mod cluster;
mod databases;
mod job;
mod kills;
mod lease;
mod operator;
mod roles;
mod secrets;
mod shop;
