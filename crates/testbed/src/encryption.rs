//! TLS of the stores, with the certificates that `bootstrap certificates` issues.

use std::path::{Path, PathBuf};

/// The name by which clients reach encrypted stores. Their certificates carry the name, and not the
/// address.
pub(crate) const HOST: &str = "localhost";

/// The certificate and key of a server, and the CA that issued them.
pub struct Encryption {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) authority: PathBuf,
}

impl Encryption {
    /// Names the files of the certificate `name` in `directory`.
    #[must_use]
    pub fn of(name: &str, directory: &Path) -> Self {
        Self {
            certificate: directory.join(format!("{name}.crt")),
            key: directory.join(format!("{name}.key")),
            authority: directory.join("ca.crt"),
        }
    }
}
