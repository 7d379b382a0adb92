//! Names of pictures.

use sha2::{Digest, Sha256};

/// The name under which a picture is kept and served: it changes with the content, so caches may keep it for ever.
#[must_use]
pub fn stored_name(file: &str, content: &[u8]) -> String {
    let mut hash = hex::encode(Sha256::digest(content));
    hash.truncate(16);
    format!("{hash}-{file}")
}
