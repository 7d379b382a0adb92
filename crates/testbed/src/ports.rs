//! Allocates ports to the servers of the tests.

use std::{
    env,
    fs::{self, File, OpenOptions, Permissions},
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener},
    ops::Range,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::{Result, ensure};
use listeners::{Listener, SocketState};

/// Ports below those that systems give to outgoing connections. An outgoing connection could
/// otherwise take the port of a server that was killed and comes back, or of one that is not
/// started yet.
const PORTS: Range<u16> = 15_000..30_000;
/// The number of ports that belong to one process while it lives. Other processes that run the same
/// tests keep off.
const BLOCK: u16 = 100;

static POOL: Mutex<Pool> = Mutex::new(Pool { mine: Vec::new(), free: Vec::new() });

struct Pool {
    /// The locks of the blocks that this process owns.
    mine: Vec<File>,
    /// The ports of those blocks that are not in use.
    free: Vec<u16>,
}

/// Returns a port that is free now and that no other test server gets.
pub fn free_port() -> io::Result<u16> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(port) = pool.free.pop() {
            if is_free(port) {
                return Ok(port);
            }
        } else if !pool.grow()? {
            // The pool is empty after more than a thousand servers: take a port of the system.
            return Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port());
        }
    }
}

/// Returns a port that is no longer needed to the pool.
pub(crate) fn give_back(port: u16) {
    if PORTS.contains(&port) {
        // At the end of the queue: the ports that were unused for longest come first.
        POOL.lock().unwrap_or_else(PoisonError::into_inner).free.insert(0, port);
    }
}

impl Pool {
    /// Takes one more block; returns `false` if no block is left.
    fn grow(&mut self) -> io::Result<bool> {
        let locks = locks()?;
        let count = (PORTS.end - PORTS.start) / BLOCK;
        // A random start, so that two processes do not try the same blocks one after the other.
        let random = RandomState::new().hash_one(std::process::id()) % u64::from(count);
        let first = u16::try_from(random).unwrap_or(0);
        for block in (0..count).map(|at| (first + at) % count) {
            let path = locks.join(block.to_string());
            // Another user's directory may let nobody write. Then a new block is not ours.
            let Ok(lock) = open(&path) else { continue };
            if lock.try_lock().is_ok() {
                let begin = PORTS.start + block * BLOCK;
                self.free.extend(begin..begin + BLOCK);
                self.mine.push(lock);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Returns the directory of the locks, in which every user of the machine may reserve blocks.
fn locks() -> io::Result<PathBuf> {
    let locks = env::temp_dir().join("estore-ports");
    fs::create_dir_all(&locks)?;
    // Only its owner can do this, and has done it.
    let _owner = fs::set_permissions(&locks, Permissions::from_mode(0o1777));
    Ok(locks)
}

/// Opens the lock of a block. That of another user opens to be read, which is enough for a lock.
fn open(path: &Path) -> io::Result<File> {
    if let Ok(lock) = File::open(path) {
        return Ok(lock);
    }
    let lock = OpenOptions::new().create(true).append(true).open(path)?;
    lock.set_permissions(Permissions::from_mode(0o644))?;
    Ok(lock)
}

/// Fails if a process listens on any of `ports`, and names the process that has to make room.
pub fn ensure_free(ports: impl IntoIterator<Item = u16>) -> Result<()> {
    let taken: Vec<String> = ports.into_iter().filter(|port| !is_free(*port)).map(taken).collect();
    ensure!(taken.is_empty(), "{}; stop what listens there, then start again", taken.join("; "));
    Ok(())
}

/// Reports whether nobody listens on `port`, by either version of IP. A machine may lack one of the
/// two.
pub(crate) fn is_free(port: u16) -> bool {
    let is_taken = |address: IpAddr| {
        TcpListener::bind((address, port)).is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
    };
    ![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()].into_iter().any(is_taken)
}

/// Names the process that listens on a port, if the system tells. It does not tell about processes
/// of other users.
fn taken(port: u16) -> String {
    let all = listeners::get_all().unwrap_or_default();
    let here = |one: &Listener| one.socket.port() == port && one.state == SocketState::Listen;
    match all.into_iter().find(here) {
        Some(Listener { process, .. }) => {
            format!("port {port} is taken by {} (process {})", process.name, process.pid)
        }
        None => {
            format!("port {port} is taken by an unknown process (try sudo lsof -i :{port})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_is_reserved_until_it_is_returned() {
        let given: Vec<u16> = (0..150).map(|_| free_port().unwrap()).collect();
        let mut different = given.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 150);
        for port in &given {
            let lock = env::temp_dir().join("estore-ports").join(((port - PORTS.start) / BLOCK).to_string());
            assert!(File::open(lock).unwrap().try_lock().is_err(), "another process would take {port}");
        }
        given.into_iter().for_each(give_back);
    }

    #[test]
    fn every_user_may_reserve_ports() {
        let port = free_port().unwrap();
        let locks = locks().unwrap();
        let lock = locks.join(((port - PORTS.start) / BLOCK).to_string());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!((mode(&locks) & 0o1777, mode(&lock) & 0o444), (0o1777, 0o444));
        give_back(port);
    }

    #[test]
    fn port_with_a_listener_is_not_free() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(!is_free(port));
        let refused = ensure_free([free_port().unwrap(), port]).unwrap_err().to_string();
        let who = format!("port {port} is taken by ");
        assert!(refused.contains(&who) && refused.contains(&std::process::id().to_string()), "{refused}");
    }

    #[test]
    fn port_of_ipv6_alone_is_taken_too() {
        let Ok(taken) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else { return };
        assert!(!is_free(taken.local_addr().unwrap().port()));
    }
}
