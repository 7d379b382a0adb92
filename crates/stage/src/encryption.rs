//! TLS of the stores, by the certificates that `bootstrap certificates` makes.

use std::path::{Path, PathBuf};

/// The name by which encrypted stores are reached: their certificates carry it, and not the address.
pub(crate) const HOST: &str = "localhost";

/// What a server shows, and who made it.
pub struct Encryption {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) authority: PathBuf,
}

impl Encryption {
    /// By the certificate of `name`, from the directory where they are.
    #[must_use]
    pub fn of(name: &str, directory: &Path) -> Self {
        Self {
            certificate: directory.join(format!("{name}.crt")),
            key: directory.join(format!("{name}.key")),
            authority: directory.join("ca.crt"),
        }
    }
}
