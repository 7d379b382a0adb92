//! Limits on concurrency, in total and for each address, so that one client cannot exhaust the
//! total.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use estore_base::{client_address::network, trusted_proxies::TrustedProxies};

/// The maximum number of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) all: usize,
    /// The maximum for one address. An IPv6 address counts with its whole [`network`].
    pub(crate) each: usize,
}

/// The slots, taken and free.
#[derive(Debug)]
pub(crate) struct ConnectionLimit {
    free: Arc<Semaphore>,
    each: usize,
    trusted: TrustedProxies,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// One slot, released when dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<ConnectionLimit>,
    address: Option<IpAddr>,
    _permit: OwnedSemaphorePermit,
}

/// The limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LimitReached {
    /// The total.
    All,
    /// The limit of this address.
    Address,
}

impl LimitReached {
    /// Returns the limit as a metric label.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Address => "address",
        }
    }
}

impl ConnectionLimit {
    /// Creates the slots, all free. The addresses of `trusted` proxies may take any number of them.
    pub(crate) fn new(bound: Bound, trusted: TrustedProxies) -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(bound.all)),
            each: bound.each,
            trusted,
            taken: Mutex::default(),
        })
    }

    /// Takes a slot for `address`.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Result<Slot, LimitReached> {
        let address = (!self.trusted.contains(address)).then(|| network(address));
        if let Some(address) = address {
            let mut taken = self.taken();
            let held = taken.entry(address).or_insert(0);
            if *held >= self.each {
                return Err(LimitReached::Address);
            }
            *held += 1;
        }
        match self.free.clone().try_acquire_owned() {
            Ok(permit) => Ok(Slot { slots: self.clone(), address, _permit: permit }),
            Err(_none) => {
                self.give_back(address);
                Err(LimitReached::All)
            }
        }
    }

    fn give_back(&self, address: Option<IpAddr>) {
        let Some(address) = address else { return };
        let mut taken = self.taken();
        if let Some(held) = taken.get_mut(&address) {
            *held -= 1;
            if *held == 0 {
                taken.remove(&address);
            }
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.give_back(self.address);
    }
}

#[cfg(test)]
mod tests {
    use estore_base::config::Env;

    use super::*;

    fn slots(all: usize, each: usize) -> Arc<ConnectionLimit> {
        let trusted = TrustedProxies::from_env(&Env::from_iter([("TRUSTED_PROXIES", "10.0.0.0/8")])).unwrap();
        ConnectionLimit::new(Bound { all, each }, trusted)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn address_over_its_limit_is_refused_until_release() {
        let slots = slots(5, 2);
        let (first, _second) =
            (slots.take(ip("192.0.2.1")).unwrap(), slots.take(ip("::ffff:192.0.2.1")).unwrap());
        assert_eq!(slots.take(ip("192.0.2.1")).unwrap_err(), LimitReached::Address);
        let _other = slots.take(ip("192.0.2.2")).unwrap();
        drop(first);
        let _again = slots.take(ip("192.0.2.1")).unwrap();
        assert_eq!(slots.take(ip("192.0.2.1")).unwrap_err(), LimitReached::Address);
    }

    #[test]
    fn ipv6_network_counts_as_one_client() {
        let slots = slots(5, 1);
        let _one = slots.take(ip("2001:db8::1")).unwrap();
        assert_eq!(slots.take(ip("2001:db8::ffff:1")).unwrap_err(), LimitReached::Address);
        let _other = slots.take(ip("2001:db8:0:1::1")).unwrap();
    }

    #[test]
    fn trusted_proxy_may_take_and_release_all_slots() {
        let slots = slots(3, 1);
        let all: Vec<Slot> = (0..3).map(|_| slots.take(ip("10.0.0.1")).unwrap()).collect();
        assert_eq!(slots.take(ip("10.0.0.1")).unwrap_err(), LimitReached::All);
        assert_eq!(slots.take(ip("192.0.2.1")).unwrap_err(), LimitReached::All);
        drop(all);
        drop(slots.take(ip("192.0.2.1")).unwrap());
        assert!(slots.taken().is_empty());
    }
}
