//! The metrics of a process: one private registry, served only on the management port.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use estore_base::config::{ConfigError, Env, Setting};
use prometheus::{Error, Registry, TextEncoder, core::Collector};

use super::{Definition, Section};

/// Switches off what costs most.
pub const METRICS: Setting = Setting::switch(
    "METRICS",
    "Whether to measure the times of requests, calls and statements; `false` shows their cost.",
)
.default("true");

type Look = Box<dyn Fn() + Send>;

/// The registry of a process's metrics. Cheap to clone.
#[derive(Clone, Default)]
pub struct Meter(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// True if durations are not measured.
    is_off: bool,
    registry: Registry,
    names: Mutex<BTreeSet<String>>,
    looks: Mutex<Vec<Look>>,
}

impl Meter {
    /// Creates a meter. If the setting `METRICS` is `false`, it measures no durations of requests
    /// and calls, which shows their cost.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self(Arc::new(Inner { is_off: !env.flag(&METRICS)?, ..Inner::default() })))
    }

    /// Returns true if durations are measured.
    #[must_use]
    pub fn measures(&self) -> bool {
        !self.0.is_off
    }

    /// Registers a collector made from a definition.
    pub(super) fn add<C: Collector + Clone + 'static>(&self, collector: C) -> Result<C, Error> {
        self.names().extend(collector.desc().into_iter().map(|desc| desc.fq_name.clone()));
        self.0.registry.register(Box::new(collector.clone()))?;
        Ok(collector)
    }

    /// Registers a library's collector, whose metrics also have definitions.
    pub(super) fn add_foreign(&self, collector: impl Collector + 'static) -> Result<(), Error> {
        self.names().extend(collector.desc().into_iter().map(|desc| desc.fq_name.clone()));
        self.0.registry.register(Box::new(collector))
    }

    /// Calls `look` before each scrape, to set metrics that have no events of their own. It must
    /// not block.
    pub fn look(&self, look: impl Fn() + Send + 'static) {
        self.looks().push(Box::new(look));
    }

    /// Returns all metrics in the text format of Prometheus.
    pub fn text(&self) -> Result<String, Error> {
        for look in self.looks().iter() {
            look();
        }
        TextEncoder::new().encode_to_string(&self.0.registry.gather())
    }

    /// Checks that the registered metrics are those of `sections`, so that docs/metrics.md is
    /// correct.
    pub fn is_as_said(&self, sections: &[Section]) -> Result<(), String> {
        let said = sections.iter().flat_map(|section| section.metrics).map(|Definition { name, .. }| *name);
        let said: BTreeSet<&str> = said.collect();
        let names = self.names();
        let registered: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        match registered.symmetric_difference(&said).next() {
            Some(name) => {
                Err(format!("{name} is either not defined in the lists of metrics, or not registered"))
            }
            None => Ok(()),
        }
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn looks(&self) -> MutexGuard<'_, Vec<Look>> {
        self.0.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").finish_non_exhaustive()
    }
}
