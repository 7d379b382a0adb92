//! Targets of redirects: paths of this storefront and nothing else.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A path of this storefront, with its query. Any other text reads as `/`, so that no link can send
/// a visitor to another site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

impl LocalPath {
    /// Reads a path.
    pub(crate) fn new(text: &str) -> Self {
        // Browsers read a backslash as a slash, and skip tabs and line breaks.
        let is_plain = text.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
        let is_local = text.starts_with('/') && !text.starts_with("//");
        Self(if is_plain && is_local && text.len() <= 2048 { text.to_owned() } else { "/".to_owned() })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for LocalPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LocalPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_stays_on_this_site() {
        for good in ["/", "/orders?page=2", "/products/MUG-01", "/a//b", "/a:b@c"] {
            assert_eq!(LocalPath::new(good).as_str(), good);
        }
        for bad in [
            "",
            "orders",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            " /a",
            "/a\r\nSet-Cookie: x=y",
            "/\u{2f}\u{ff0f}evil.example",
        ] {
            assert_eq!(LocalPath::new(bad).as_str(), "/", "{bad:?}");
        }
    }
}
