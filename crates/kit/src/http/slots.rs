//! Room for so many at once: in all, and for each address, so that one client cannot take the room of everybody.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::TrustedProxies;

/// How many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) all: usize,
    /// From one address; a v6 address counts with its whole /64, which is what one customer of a provider is given.
    pub(crate) each: usize,
}

/// What is taken and what is free.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Arc<Semaphore>,
    each: usize,
    trusted: TrustedProxies,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// One of them; free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    address: Option<IpAddr>,
    _permit: OwnedSemaphorePermit,
}

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// Everything is taken.
    All,
    /// This address has its share.
    Address,
}

impl Full {
    /// As a label of a metric.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Address => "address",
        }
    }
}

impl Slots {
    /// All are free. The addresses of `trusted` proxies may take as many as there are.
    pub(crate) fn new(bound: Bound, trusted: TrustedProxies) -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(bound.all)),
            each: bound.each,
            trusted,
            taken: Mutex::default(),
        })
    }

    /// Takes one for `address`.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Result<Slot, Full> {
        let address = (!self.trusted.contains(address)).then(|| client(address));
        if let Some(address) = address {
            let mut taken = self.taken();
            let held = taken.entry(address).or_insert(0);
            if *held >= self.each {
                return Err(Full::Address);
            }
            *held += 1;
        }
        match self.free.clone().try_acquire_owned() {
            Ok(permit) => Ok(Slot { slots: self.clone(), address, _permit: permit }),
            Err(_none) => {
                self.give_back(address);
                Err(Full::All)
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

/// Whom an address stands for.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Env;

    fn slots(all: usize, each: usize) -> Arc<Slots> {
        let trusted = TrustedProxies::from_env(&Env::from_iter([("TRUSTED_PROXIES", "10.0.0.0/8")])).unwrap();
        Slots::new(Bound { all, each }, trusted)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let slots = slots(5, 2);
        let (first, _second) =
            (slots.take(ip("192.0.2.1")).unwrap(), slots.take(ip("::ffff:192.0.2.1")).unwrap());
        assert_eq!(slots.take(ip("192.0.2.1")).unwrap_err(), Full::Address);
        let _other = slots.take(ip("192.0.2.2")).unwrap();
        drop(first);
        let _again = slots.take(ip("192.0.2.1")).unwrap();
        assert_eq!(slots.take(ip("192.0.2.1")).unwrap_err(), Full::Address);
    }

    #[test]
    fn a_whole_network_of_v6_is_one_client() {
        let slots = slots(5, 1);
        let _one = slots.take(ip("2001:db8::1")).unwrap();
        assert_eq!(slots.take(ip("2001:db8::ffff:1")).unwrap_err(), Full::Address);
        let _other = slots.take(ip("2001:db8:0:1::1")).unwrap();
    }

    #[test]
    fn a_proxy_may_take_all_and_nothing_is_left_behind() {
        let slots = slots(3, 1);
        let all: Vec<Slot> = (0..3).map(|_| slots.take(ip("10.0.0.1")).unwrap()).collect();
        assert_eq!(slots.take(ip("10.0.0.1")).unwrap_err(), Full::All);
        assert_eq!(slots.take(ip("192.0.2.1")).unwrap_err(), Full::All);
        drop(all);
        drop(slots.take(ip("192.0.2.1")).unwrap());
        assert!(slots.taken().is_empty());
    }
}
