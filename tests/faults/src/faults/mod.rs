//! The faults. Each hits a shop under load, and then the checker compares all stores and the
//! history.

mod aof;
mod clock;
mod crowd;
mod fail_points;
mod kills;
mod mail;
mod memory;
mod network;
mod pause;
mod row;
mod stores;
mod survive;
mod visitor;

use anyhow::Result;

use crate::stand::{Plan, Stand};

pub use row::{Row, table};
pub use survive::survive;

/// The groups of faults, in two lanes of about the same duration. Each group has shops of its own.
pub const LANES: [&[&str]; 2] = [
    &["fail-points", "kills", "stores", "crowd"],
    &["network", "memory", "clock", "mail", "replicas", "aof"],
];

/// Runs one group, and calls `tell` with each row as it ends.
pub async fn run(group: &str, seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    match group {
        "fail-points" => fail_points::run(seed, tell).await,
        "kills" => kills::run(seed, tell).await,
        "stores" => stores::run(seed, tell).await,
        "network" => network::run(seed, tell).await,
        "memory" => memory::run(seed, tell).await,
        "clock" => clock::run(seed, tell).await,
        "mail" => mail::run(seed, tell).await,
        "replicas" => pause::run(seed, tell).await,
        "aof" => aof::run(seed, tell).await,
        "sample" => fail_points::sample(seed, tell).await,
        "crowd" => crowd::run(seed, 10_000, tell).await,
        other => {
            anyhow::bail!("there is no group {other}; there are {} and sample", LANES.concat().join(", "))
        }
    }
}

/// Starts a shop for one group.
async fn stand(group: &str, seed: u64) -> Result<Stand> {
    Stand::start(&Plan::named(group, seed)).await
}
