//! The length and the record of a long run.

use std::{fs::File, path::PathBuf, time::Duration};

use anyhow::Result;
use clap::Args;
use estore_faults::published;

/// The step `timetable`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Long {
    /// The hours of the step `timetable`.
    #[arg(long, default_value_t = 1.0)]
    hours: f64,
    /// The seed of its timetable.
    #[arg(long, default_value_t = 17)]
    pub(crate) seed: u64,
    /// Append its result to this file, such as docs/faults.jsonl.
    #[arg(long)]
    record: Option<PathBuf>,
    /// The date of the record.
    #[arg(long)]
    pub(crate) date: Option<String>,
    /// The commit of the record.
    #[arg(long)]
    pub(crate) commit: Option<String>,
}

impl Long {
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.hours * 3600.0)
    }

    /// Opens the record, if there is to be one.
    pub(crate) fn open(&self) -> Result<Option<File>> {
        self.record.as_deref().map(published::open).transpose()
    }
}
