//! The compared systems: the store, the twin, and the floor.

mod floor;
mod http;
mod reading;
mod session;
mod store;
mod twin;
mod wait;

use anyhow::Result;
use serde::{Deserialize, Serialize};

pub(crate) use floor::serve as serve_floor;
pub(crate) use session::{PREPARED, Session};
pub(crate) use store::Store;
pub(crate) use twin::Twin;

use crate::{load::Plan, paths::Path};
use floor::Floor;

/// The name of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Name {
    Store,
    Twin,
    Floor,
}

impl Name {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Twin => "twin",
            Self::Floor => "floor",
        }
    }
}

/// A running system.
pub(crate) enum System {
    Store(Store, Session),
    Twin(Twin, Session),
    Floor(Floor),
}

impl System {
    pub(crate) async fn store(store: Store) -> Result<Self> {
        let session = Session::begin(store.ports).await?;
        Ok(Self::Store(store, session))
    }

    pub(crate) async fn twin(twin: Twin) -> Result<Self> {
        let session = Session::begin(twin.ports).await?;
        Ok(Self::Twin(twin, session))
    }

    pub(crate) async fn floor(directory: &std::path::Path) -> Result<Self> {
        Ok(Self::Floor(Floor::start(directory).await?))
    }

    pub(crate) const fn name(&self) -> Name {
        match self {
            Self::Store(..) => Name::Store,
            Self::Twin(..) => Name::Twin,
            Self::Floor(_) => Name::Floor,
        }
    }

    /// Returns the requests of a path; `None` if this system does not have it.
    pub(crate) fn plan(&self, path: Path) -> Option<Plan> {
        match self {
            Self::Store(_, session) | Self::Twin(_, session) => Some(session.plan(path)),
            Self::Floor(floor) => floor.plan(path),
        }
    }

    /// Returns the answer to the first request of a path; `None` if this system does not have it.
    pub(crate) async fn answer(&self, path: Path) -> Result<Option<serde_json::Value>> {
        let Some(plan) = self.plan(path) else { return Ok(None) };
        let Some(request) = plan.requests.first() else { return Ok(None) };
        Ok(Some(http::must(plan.port, request, plan.expected).await?))
    }

    /// Prepares the system for the next runs: a token lives for 15 minutes.
    pub(crate) async fn refresh(&mut self) -> Result<()> {
        match self {
            Self::Store(_, session) | Self::Twin(_, session) => session.refresh().await,
            Self::Floor(_) => Ok(()),
        }
    }

    /// Stops the system's processes.
    pub(crate) async fn stop(self) -> Result<()> {
        match self {
            Self::Store(store, _) => store.stop().await,
            Self::Twin(twin, _) => twin.stop().await,
            Self::Floor(floor) => floor.stop().await,
        }
    }
}
