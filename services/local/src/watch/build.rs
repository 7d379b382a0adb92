//! Builds the programs anew.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::process::Command;

/// The command that builds the programs: that of `scripts/up.sh`, without its progress lines.
pub(crate) struct Build {
    words: Vec<String>,
}

impl Build {
    /// Takes the command in words.
    pub(crate) fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    /// Builds. Returns the time that it took, or `None` if the sources do not compile: the compiler
    /// has printed the reason on stderr.
    pub(super) async fn run(&self) -> Result<Option<Duration>> {
        let (program, arguments) = self.words.split_first().context("--build names no command")?;
        let began = Instant::now();
        let status = Command::new(program).args(arguments).kill_on_drop(true).status().await;
        let status = status.with_context(|| format!("start {program}"))?;
        Ok(status.success().then(|| began.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(words: &[&str]) -> Build {
        Build::new(words.iter().map(ToString::to_string).collect())
    }

    #[tokio::test]
    async fn failed_build_is_no_error_of_the_watch() {
        assert!(build(&["true"]).run().await.unwrap().is_some());
        assert!(build(&["false"]).run().await.unwrap().is_none());
        assert!(build(&[]).run().await.is_err() && build(&["no-such-program"]).run().await.is_err());
    }
}
