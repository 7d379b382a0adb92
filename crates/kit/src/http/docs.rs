//! The page at `/docs`: one file without any other resource, so that it works without internet.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

pub(super) const PAGE: &str = include_str!("docs.html");

/// Only the page's own script and style run: they are named by their hashes.
pub(super) fn policy() -> String {
    let (script, style) = (hash("<script>", "</script>"), hash("<style>", "</style>"));
    format!(
        "default-src 'none'; connect-src 'self'; img-src data:; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn hash(open: &str, close: &str) -> String {
    let part =
        PAGE.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map_or("", |(part, _)| part);
    format!("sha256-{}", STANDARD.encode(Sha256::digest(part)))
}
