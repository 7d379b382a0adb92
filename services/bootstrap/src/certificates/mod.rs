//! The certificates that authenticate the services to each other, and the stores to them.

mod authority;
#[cfg(feature = "kubernetes")]
mod seen;

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use estore_base::clock::{Clock, SystemClock};
use estore_contract::PeerName;
use time::Duration;

pub(crate) use authority::Authority;
#[cfg(feature = "kubernetes")]
pub(crate) use seen::Seen;

/// The lifetime of the certificate of a service or a store.
pub(crate) const LEAF_LIFE: Duration = Duration::days(365);

/// Writes `ca.crt`, and `<service>.crt` and `<service>.key` for each service, into `directory`. If
/// `stores` names a host, it also writes `postgres` and `redis`, for servers on that host. The key
/// of the CA is not kept: new certificates need a new CA.
pub fn write(directory: &Path, stores: Option<&str>) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    let now = SystemClock.now();
    let authority = Authority::make(now, LEAF_LIFE)?;
    put(&directory.join("ca.crt"), authority.certificate())?;
    let peers = PeerName::ALL.map(|peer| (peer.as_str(), peer.dns()));
    let stores = stores.into_iter().flat_map(|host| ["postgres", "redis"].map(|name| (name, host)));
    for (name, dns) in peers.into_iter().chain(stores) {
        let leaf = authority.issue(&[dns.to_owned()], now)?;
        put(&directory.join(format!("{name}.crt")), &leaf.certificate)?;
        put(&directory.join(format!("{name}.key")), &leaf.key)?;
    }
    Ok(())
}

fn put(path: &Path, pem: &str) -> anyhow::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| path.display().to_string())?;
    Ok(file.write_all(pem.as_bytes())?)
}
