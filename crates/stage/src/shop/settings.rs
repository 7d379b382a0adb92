//! Settings of the programs beside those that a shop decides itself.

use std::collections::BTreeMap;

use super::ServiceName;

type Variables = BTreeMap<String, String>;

/// Settings beside the usual ones, by the program that they belong to.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Of every service.
    pub all: Variables,
    /// Of one service alone; these count where `all` has them, too.
    pub of: BTreeMap<ServiceName, Variables>,
    /// Of the bootstrap job.
    pub bootstrap: Variables,
}

impl Settings {
    pub(super) fn of(&self, name: ServiceName) -> Variables {
        let mut variables = self.all.clone();
        variables.extend(self.of.get(&name).cloned().unwrap_or_default());
        variables
    }
}

/// Settings of every service.
impl From<Variables> for Settings {
    fn from(all: Variables) -> Self {
        Self { all, ..Self::default() }
    }
}
