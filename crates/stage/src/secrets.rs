//! Secrets that are made once and kept in a file that only its owner reads.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The secret in `path`: `bytes` random bytes in base64, made where there is none.
pub(crate) fn kept(path: &Path, bytes: usize) -> Result<String> {
    if let Ok(secret) = fs::read_to_string(path) {
        return Ok(secret.trim().to_owned());
    }
    let secret = random(bytes)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(secret.as_bytes())?;
    Ok(secret)
}

/// Random bytes in base64.
pub(crate) fn random(bytes: usize) -> Result<String> {
    let mut data = vec![0; bytes];
    File::open("/dev/urandom")?.read_exact(&mut data)?;
    Ok(STANDARD.encode(data))
}
