//! Settings of the programs beside those that a shop sets itself.

use std::collections::BTreeMap;

use super::ServiceName;

type Variables = BTreeMap<String, String>;

/// Settings beside the usual ones, by program.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Settings of every service.
    pub all: Variables,
    /// Settings of one service, which override those in `all`.
    pub of: BTreeMap<ServiceName, Variables>,
    /// Settings of the bootstrap job.
    pub bootstrap: Variables,
}

impl Settings {
    pub(super) fn of(&self, name: ServiceName) -> Variables {
        let mut variables = self.all.clone();
        variables.extend(self.of.get(&name).cloned().unwrap_or_default());
        variables
    }
}

/// Makes settings for every service.
impl From<Variables> for Settings {
    fn from(all: Variables) -> Self {
        Self { all, ..Self::default() }
    }
}
