//! The commands of the program that call the Kubernetes API.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;
use clap::Subcommand;
use estore_base::config::Env;

use super::{operator, secrets};

/// A command that only a cluster needs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create the missing Secrets of `SECRETS_PLAN` in the Kubernetes namespace `POD_NAMESPACE`.
    Secrets,
    /// Bring `Product` and `Category` objects of the namespace `POD_NAMESPACE` into the shop, until
    /// SIGTERM.
    Operate,
    /// Remove the finalizer of the operator from all of these objects, once no operator runs, so
    /// that they can be deleted.
    Release,
    /// Print the definitions of these kinds.
    Crds,
}

impl Command {
    /// Returns whether the command logs unknown settings itself.
    #[must_use]
    pub fn logs(&self) -> bool {
        matches!(self, Self::Operate)
    }

    /// Runs the command.
    pub async fn run(self, env: &Env) -> Result<ExitCode> {
        match self {
            Self::Operate => return operator::run(env).await,
            Self::Secrets => secrets::run(env).await?,
            Self::Release => operator::release::run(env).await?,
            Self::Crds => io::stdout().write_all(operator::definitions()?.as_bytes())?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
