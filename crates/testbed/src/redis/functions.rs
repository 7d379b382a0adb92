//! A Redis with the real functions, for the tests of services.

use std::{fs, io, path::Path};

use anyhow::{Result, ensure};

use super::{OPERATOR, Redis};

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");

/// Returns the library in this folder below `migrations`, as bootstrap loads it.
pub fn library(folder: &str) -> io::Result<String> {
    let files = fs::read_dir(format!("{MIGRATIONS}/{folder}"))?;
    let mut files = files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    files.iter().map(fs::read_to_string).collect()
}

impl Redis {
    /// Starts an empty server in `directory`, with these libraries, the users of these services,
    /// and an operator. Each password is `pw`.
    pub async fn with_functions(
        directory: &Path,
        services: &[&str],
        libraries: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        if directory.exists() {
            fs::remove_dir_all(directory)?;
        }
        let rules = services.iter().map(|name| fs::read_to_string(format!("{MIGRATIONS}/acl/{name}.acl")));
        let rules = rules.collect::<io::Result<Vec<String>>>()?;
        let mut users = vec![("operator", "pw", OPERATOR)];
        users.extend(services.iter().zip(&rules).map(|(name, rules)| (*name, "pw", rules.as_str())));
        let server = Self::start_in(directory, &users, environment).await?;
        for folder in libraries {
            let loaded = server.ask("operator", "pw", &["FUNCTION", "LOAD", &library(folder)?])?;
            ensure!(loaded.ends_with('1'), "{folder}: {loaded}");
        }
        Ok(server)
    }

    /// Returns the settings of a service that uses database `db` as `user`.
    #[must_use]
    pub fn settings(&self, user: &str, db: u8) -> [(&'static str, String); 5] {
        [
            ("REDIS_HOST", "127.0.0.1".to_owned()),
            ("REDIS_PORT", self.port.to_string()),
            ("REDIS_DB", db.to_string()),
            ("REDIS_USERNAME", user.to_owned()),
            ("REDIS_PASSWORD", "pw".to_owned()),
        ]
    }
}
