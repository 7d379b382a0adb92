//! Ports.

use std::{
    hash::{BuildHasher, RandomState},
    io,
    net::{Ipv4Addr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

/// Below those that systems give to outgoing connections: one of these would otherwise take the port of a server that was
/// killed and is to come back, or of one that is not there yet.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// Each process begins elsewhere, and comes round after all others: two servers of its own never get the same.
static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
    let random = RandomState::new().hash_one(std::process::id());
    AtomicU16::new(u16::try_from(random % u64::from(COUNT)).unwrap_or(0))
});

/// A port that is free now, and that this process has not been given lately.
pub fn free_port() -> io::Result<u16> {
    let next = |at: u16| Some((at + 1) % COUNT);
    for _ in 0..COUNT {
        let port = FIRST + NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or_default();
        if is_free(port) {
            return Ok(port);
        }
    }
    Err(io::Error::other("no port is free"))
}

/// Whether nobody listens on `port`.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_once_and_never_a_taken_one() {
        let mut given: Vec<u16> = (0..300).map(|_| free_port().unwrap()).collect();
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, free_port().unwrap())).unwrap();
        assert!(!is_free(taken.local_addr().unwrap().port()));
        given.sort_unstable();
        given.dedup();
        assert_eq!(given.len(), 300);
    }
}
