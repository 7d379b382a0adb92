//! What a process measures: one private registry, read on the management port alone.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use prometheus::{Error, IntCounter, Registry, TextEncoder, core::Collector};

use super::{Definition, Section};
use crate::config::{ConfigError, Env};

/// Brings `counter` to what somebody else counted: `now`, in all. Where that is less, they began anew, and so does this.
pub(crate) fn follow(counter: &IntCounter, now: u64) {
    if now < counter.get() {
        counter.reset();
    }
    counter.inc_by(now.saturating_sub(counter.get()));
}

type Look = Box<dyn Fn() + Send>;

/// Where metrics are registered. Cheap to clone.
#[derive(Clone, Default)]
pub struct Meter(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Whether times are not measured.
    is_off: bool,
    registry: Registry,
    names: Mutex<BTreeSet<String>>,
    looks: Mutex<Vec<Look>>,
}

impl Meter {
    /// Where the setting `METRICS` is `false`, no times of requests and calls are measured: to find what that costs.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self(Arc::new(Inner { is_off: !env.flag("METRICS", true)?, ..Inner::default() })))
    }

    /// Whether times are measured.
    pub(crate) fn measures(&self) -> bool {
        !self.0.is_off
    }

    /// Registers what was made of a definition.
    pub(super) fn add<C: Collector + Clone + 'static>(&self, collector: C) -> Result<C, Error> {
        self.names().extend(collector.desc().into_iter().map(|desc| desc.fq_name.clone()));
        self.0.registry.register(Box::new(collector.clone()))?;
        Ok(collector)
    }

    /// Registers a collector of a library, whose metrics are defined, too.
    pub(super) fn add_foreign(&self, collector: impl Collector + 'static) -> Result<(), Error> {
        self.names().extend(collector.desc().into_iter().map(|desc| desc.fq_name.clone()));
        self.0.registry.register(Box::new(collector))
    }

    /// Calls `look` before each reading, to set what nobody tells of by itself. It must not wait.
    pub fn look(&self, look: impl Fn() + Send + 'static) {
        self.looks().push(Box::new(look));
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self) -> Result<String, Error> {
        for look in self.looks().iter() {
            look();
        }
        TextEncoder::new().encode_to_string(&self.0.registry.gather())
    }

    /// Whether what is registered is what `sections` say, so that docs/metrics.md tells the truth.
    pub(crate) fn is_as_said(&self, sections: &[Section]) -> Result<(), String> {
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
