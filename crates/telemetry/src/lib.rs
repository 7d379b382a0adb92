//! Metrics, logs and traces of a program, and the background jobs that report to them. This
//! crate knows no store and no peer.

pub mod jobs;
mod logs;
pub mod metrics;
mod platform;
pub mod propagation;
mod start;
mod statements;
pub mod trace;

pub use logs::{Levels, Shown};
pub use platform::Platform;
pub use start::{SETTINGS, Telemetry, levels};
