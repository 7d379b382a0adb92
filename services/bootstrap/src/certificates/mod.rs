//! The certificates by which the services know each other, and their stores.

mod authority;
mod seen;

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use estore_contract::PeerName;
use estore_kit::clock::{Clock, SystemClock};
use time::Duration;

pub(crate) use authority::Authority;
pub(crate) use seen::Seen;

/// How long a certificate of a service or a store is good.
pub(crate) const LEAF_LIFE: Duration = Duration::days(365);

/// Writes `ca.crt`, and `<service>.crt` and `<service>.key` for each service, into `directory`. The authority's own key is
/// kept nowhere: new certificates take a new authority.
pub fn write(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    let now = SystemClock.now();
    let authority = Authority::make(now, LEAF_LIFE)?;
    put(&directory.join("ca.crt"), authority.certificate())?;
    for peer in PeerName::ALL {
        let leaf = authority.issue(&[peer.dns().to_owned()], now)?;
        put(&directory.join(format!("{peer}.crt")), &leaf.certificate)?;
        put(&directory.join(format!("{peer}.key")), &leaf.key)?;
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
