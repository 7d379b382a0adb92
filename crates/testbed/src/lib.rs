//! Private stores, a mailbox and the services on one machine, for `./dev up` and for tests.

mod binaries;
mod cable;
mod child_guard;
mod encryption;
mod http;
mod mailbox;
mod ports;
mod postgres;
mod processes;
mod prometheus;
mod proxy;
mod redis;
mod secrets;
mod service;
mod shop;
mod wait;

pub use binaries::{build_directory, installed, ours};
pub use cable::Cable;
pub use child_guard::ChildGuard;
pub use encryption::Encryption;
pub use http::is_ready;
pub use mailbox::{FaultKind, Mailbox, Message};
pub use ports::{ensure_free, free_port};
pub use postgres::Postgres;
pub use processes::is_stopped;
pub use prometheus::{Alert, Prometheus, Queries, Scraping, Series, Target};
pub use proxy::{Counts, Proxy, Weather};
pub use redis::{AclUser, AppendOnlyFile, Redis, RedisCopy, library};
pub use service::Service;
pub use shop::{Limits, Link, Options, Ports, ServiceName, Settings, Shop, Stores, prepare};
