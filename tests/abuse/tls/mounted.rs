//! Certificates in a directory as the kubelet mounts a Secret: files are read through a symlink,
//! which an update replaces.

use std::{
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use estore_tests::directory;

use super::authority::Pair;

pub(super) struct Mounted {
    directory: PathBuf,
    version: AtomicU32,
}

impl Mounted {
    pub(super) fn new(name: &str, pair: &Pair, authorities: &str) -> Self {
        let directory = directory(name);
        if directory.exists() {
            fs::remove_dir_all(&directory).unwrap();
        }
        fs::create_dir_all(&directory).unwrap();
        let mounted = Self { directory, version: AtomicU32::new(0) };
        mounted.exchange(&pair.certificate, &pair.key, authorities);
        for file in ["tls.crt", "tls.key", "ca.crt"] {
            symlink(format!("..data/{file}"), mounted.directory.join(file)).unwrap();
        }
        mounted
    }

    /// Replaces all three files at once.
    pub(super) fn exchange(&self, certificate: &str, key: &str, authorities: &str) {
        let version = format!("..{}", self.version.fetch_add(1, Ordering::Relaxed));
        let new = self.directory.join(&version);
        fs::create_dir(&new).unwrap();
        for (file, text) in [("tls.crt", certificate), ("tls.key", key), ("ca.crt", authorities)] {
            fs::write(new.join(file), text).unwrap();
        }
        let link = self.directory.join("..new");
        symlink(&version, &link).unwrap();
        fs::rename(link, self.directory.join("..data")).unwrap();
    }

    pub(super) fn take_away(&self) {
        fs::remove_file(self.directory.join("..data")).unwrap();
    }

    /// Returns the settings with which a service reads the files, repeatedly.
    pub(super) fn settings(&self) -> [(&'static str, String); 4] {
        let path = |file| self.directory.join(file).display().to_string();
        [
            ("TLS_CERT", path("tls.crt")),
            ("TLS_KEY", path("tls.key")),
            ("TLS_CA", path("ca.crt")),
            ("TLS_RELOAD_SECONDS", "0".to_owned()),
        ]
    }
}
