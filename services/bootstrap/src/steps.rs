//! The steps of `bootstrap run`, in order.

use anyhow::Result;
use estore_base::config::Env;

use crate::{admin, catalog, databases, epoch, libraries, migrations};

/// One step. Each waits for its own store or service, and can run twice, and twice at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Roles and databases in Postgres, if bootstrap may create them.
    Databases,
    /// Tables.
    Migrations,
    /// Function libraries in Redis.
    Functions,
    /// The epoch of Postgres and Redis.
    Epoch,
    /// The first admin account.
    Admin,
    /// Categories, products, pictures.
    Catalogue,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 6] =
        [Self::Databases, Self::Migrations, Self::Functions, Self::Epoch, Self::Admin, Self::Catalogue];

    /// The name as a single word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Databases => "databases",
            Self::Migrations => "migrations",
            Self::Functions => "functions",
            Self::Epoch => "epoch",
            Self::Admin => "admin",
            Self::Catalogue => "catalogue",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Functions => "function libraries",
            Self::Admin => "admin account",
            other => other.key(),
        }
    }

    /// Runs the step. Returns its result, or `None` if the step does not apply to this shop.
    pub async fn run(self, env: &Env) -> Result<Option<String>> {
        match self {
            Self::Databases => return databases::prepare(env).await,
            Self::Migrations => migrations::run(env).await,
            Self::Functions => libraries::load(env).await,
            Self::Epoch => epoch::prepare(env).await,
            Self::Admin => admin::create(env).await,
            Self::Catalogue => catalog::seed(env).await,
        }
        .map(Some)
    }
}
