//! The ports of the programs beside the shop.

use anyhow::{Result, anyhow};
use estore_testbed::{Ports, ensure_free, free_port};

/// The public and the management port of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) public: u16,
    pub(crate) management: u16,
}

/// The ports of Prometheus, of the faults and of the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) prometheus: u16,
    pub(crate) chaos: Pair,
    pub(crate) shopper: Pair,
}

/// The documented ports. That of Prometheus is not the usual one, which the machine may use
/// already.
const USUAL: Beside = Beside {
    prometheus: 8091,
    chaos: Pair { public: 8086, management: 8186 },
    shopper: Pair { public: 8087, management: 8187 },
};

impl Beside {
    /// Chooses the ports, and checks that those which are needed are free.
    pub(crate) fn choose(ports: Ports, demo: bool) -> Result<Self> {
        if ports == Ports::Free {
            let pair = || anyhow::Ok(Pair { public: free_port()?, management: free_port()? });
            return Ok(Self { prometheus: free_port()?, chaos: pair()?, shopper: pair()? });
        }
        let demos = [USUAL.chaos, USUAL.shopper].into_iter().filter(|_| demo);
        let demos = demos.flat_map(|pair| [pair.public, pair.management]);
        ensure_free([USUAL.prometheus].into_iter().chain(demos))
            .map_err(|taken| anyhow!("{taken}; or take other ports with --free-ports"))?;
        Ok(USUAL)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn free_ports_are_all_different() {
        let Beside { prometheus, chaos, shopper } = Beside::choose(Ports::Free, true).unwrap();
        let all = [prometheus, chaos.public, chaos.management, shopper.public, shopper.management];
        assert_eq!(BTreeSet::from(all).len(), all.len(), "{all:?}");
    }
}
