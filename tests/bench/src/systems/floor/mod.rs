//! The floor: bare axum with the round trips and hops of the store, and nothing else. It checks no
//! token, validates nothing and writes no log.

mod serve;
mod work;

use std::{env, path::Path as Directory, process::Command};

use anyhow::Result;
use estore_testbed::{ChildGuard, Redis, free_port};
use serde_json::json;

pub(crate) use serve::serve;

use super::wait::serving;
use crate::{
    load::{MADE, Plan, Request},
    paths::Path,
};
use work::PRODUCTS;

/// Two processes with a Redis of their own; an order hops from one to the other.
pub(crate) struct Floor {
    port: u16,
    processes: [ChildGuard; 2],
    redis: Redis,
}

impl Floor {
    pub(crate) async fn start(directory: &Directory) -> Result<Self> {
        let redis =
            Redis::start(&directory.join("floor-redis"), &[("floor", "floor", "+@all ~* &*")]).await?;
        let (port, peer) = (free_port()?, free_port()?);
        let start = |name: &str, arguments: &[u16]| {
            let mut command = Command::new(env::current_exe()?);
            command.arg("floor").arg(redis.url("floor", 0));
            command.args(arguments.iter().map(u16::to_string));
            ChildGuard::hold(&command, &directory.join(name))
        };
        let mut other = start("floor-peer.log", &[peer])?;
        serving("the floor's peer", &mut other, peer).await?;
        let mut first = start("floor.log", &[port, peer])?;
        serving("the floor", &mut first, port).await?;
        Ok(Self { port, processes: [first, other], redis })
    }

    /// Returns the requests of a path; `None` if the floor does not have it.
    pub(crate) fn plan(&self, path: Path) -> Option<Plan> {
        path.floor()?;
        let empty = json!({});
        let (requests, undo) = match path {
            Path::Product => ((0..PRODUCTS).map(|at| Request::get(format!("/product/{at}"))).collect(), None),
            Path::Card => {
                (vec![Request::post("/card", &empty)], Some(Request::delete(format!("/card/{MADE}"))))
            }
            Path::Order => (vec![Request::post("/order", &empty)], None),
            Path::Login => (vec![Request::post("/login", &empty)], None),
            _ => (vec![Request::get("/list")], None),
        };
        let (connections, expected) = (path.connections(), path.expected());
        Some(Plan { port: self.port, connections, expected, requests, undo })
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        for process in &mut self.processes {
            process.stop().await?;
        }
        self.redis.process().stop().await
    }
}
