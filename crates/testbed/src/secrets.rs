//! Secrets that are generated once, and kept in a file that only its owner can read.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Returns the secret in `path`: `bytes` random bytes in base64, generated if the file does not
/// exist. A damaged secret is an error: data that depends on it would be lost, so it is not
/// replaced. If `is_new` is set, no such data exists, and the secret is replaced.
pub(crate) fn kept(path: &Path, bytes: usize, is_new: bool) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(secret) if is_whole(secret.trim(), bytes) => return Ok(secret.trim().to_owned()),
        Ok(secret) if !is_new => bail!(
            "the secret in {} is damaged: it has {} characters of {}. Restore it from a copy, or erase all data with ./dev reset",
            path.display(),
            secret.trim().len(),
            bytes.div_ceil(3) * 4
        ),
        Ok(_damaged) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| format!("the secret in {} cannot be read", path.display()));
        }
    }
    let secret = random(bytes)?;
    put(path, &secret).with_context(|| path.display().to_string())?;
    Ok(secret)
}

fn is_whole(secret: &str, bytes: usize) -> bool {
    STANDARD.decode(secret).is_ok_and(|decoded| decoded.len() == bytes)
}

/// Writes a file as a whole, or not at all.
pub(crate) fn put(path: &Path, secret: &str) -> Result<()> {
    let new = path.with_added_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    Ok(fs::rename(new, path)?)
}

/// Returns random bytes in base64.
pub(crate) fn random(bytes: usize) -> Result<String> {
    let mut data = vec![0; bytes];
    File::open("/dev/urandom")?.read_exact(&mut data)?;
    Ok(STANDARD.encode(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_secret_is_named_and_stays() {
        let path = std::env::temp_dir().join(format!("estore-secret-{}", std::process::id()));
        let secret = kept(&path, 32, false).unwrap();
        assert_eq!(kept(&path, 32, false).unwrap(), secret);
        for damaged in [b"".as_slice(), b"\n", &secret.as_bytes()[..20], b"\xff\xfe", &[0; 44]] {
            fs::write(&path, damaged).unwrap();
            let refused = format!("{:#}", kept(&path, 32, false).unwrap_err());
            assert!(refused.contains(path.to_str().unwrap()), "{refused}");
            assert_eq!(fs::read(&path).unwrap(), damaged);
        }
        fs::write(&path, &secret.as_bytes()[..20]).unwrap();
        assert_eq!(kept(&path, 32, true).unwrap().len(), secret.len());
        fs::remove_file(path).unwrap();
    }
}
