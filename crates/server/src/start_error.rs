//! The reasons for which a program does not start.

use std::{error::Error, io};

use estore_base::config::ConfigError;
use estore_telemetry::metrics;

/// The reason for which a service does not start, in one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A metric is declared twice or badly: a bug.
    #[error("metrics: {0}")]
    Metrics(#[from] metrics::Error),
    /// An I/O error, such as a port in use.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// An error specific to the service.
    #[error("{0}")]
    Other(#[from] Box<dyn Error + Send + Sync>),
}
