//! Names of images.

use sha2::{Digest, Sha256};

/// Returns the name under which an uploaded image is stored and served. It depends on the content
/// alone, so a repeated upload finds the image.
#[must_use]
pub fn uploaded_name(ending: &str, content: &[u8]) -> String {
    let mut hash = hex::encode(Sha256::digest(content));
    hash.truncate(32);
    format!("{hash}.{ending}")
}

/// Returns the name under which an image of an import is stored and served. It changes with the
/// content, so caches may keep the image forever.
#[must_use]
pub fn stored_name(file: &str, content: &[u8]) -> String {
    let mut hash = hex::encode(Sha256::digest(content));
    hash.truncate(16);
    format!("{hash}-{file}")
}
