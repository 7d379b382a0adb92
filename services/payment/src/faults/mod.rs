//! Faults that a demo switches on (`FAULTS=true`). A switch is a Redis key that expires, so every
//! fault ends by itself. Each replica reads the switches several times a second.

mod gateway;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use estore_contract::demo::SwitchKind;

pub use gateway::Faulty;

/// The switches, as this replica has read them last. Cheap to clone. All are off at first, and stay
/// so unless `FAULTS=true`.
#[derive(Debug, Clone, Default)]
pub struct Switches(Arc<State>);

#[derive(Debug, Default)]
struct State {
    gateway_slow: AtomicBool,
    gateway_answers_lost: AtomicBool,
    gateway_declines: AtomicBool,
    apart: AtomicBool,
}

impl Switches {
    /// Returns true if this fault is on.
    #[must_use]
    pub fn is_on(&self, kind: SwitchKind) -> bool {
        self.of(kind).load(Ordering::Relaxed)
    }

    /// Switches this fault on or off in this replica. Returns true if that is a change.
    #[must_use]
    pub fn set(&self, kind: SwitchKind, on: bool) -> bool {
        self.of(kind).swap(on, Ordering::Relaxed) != on
    }

    fn of(&self, kind: SwitchKind) -> &AtomicBool {
        match kind {
            SwitchKind::GatewaySlow => &self.0.gateway_slow,
            SwitchKind::GatewayAnswersLost => &self.0.gateway_answers_lost,
            SwitchKind::GatewayDeclines => &self.0.gateway_declines,
            SwitchKind::Apart => &self.0.apart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_switch_is_its_own() {
        for kind in SwitchKind::ALL {
            let switches = Switches::default();
            assert!(switches.set(kind, true) && !switches.set(kind, true));
            let on = SwitchKind::ALL.into_iter().filter(|other| switches.is_on(*other));
            assert_eq!(on.collect::<Vec<_>>(), [kind]);
            assert!(switches.clone().set(kind, false) && !switches.is_on(kind), "clones share");
        }
    }
}
