//! Origins as the operator names them, and as browsers send them.

use std::{str::FromStr, sync::Arc};

use url::Url;

/// The allowed origins. Cheap to clone.
pub(super) type Origins = Arc<[Origin]>;

/// One entry of the setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// This origin, as browsers write it.
    One(String),
    /// Every port of this scheme and host, which is this machine.
    EveryPort(String),
}

/// The problem with an entry, as the end of a sentence about it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidOrigin {
    #[error("must be a scheme (http or https), a host and, unless it is the usual one, a port")]
    Form,
    #[error("browsers send as {0:?}: write it so")]
    Spelling(String),
    #[error(
        "allows every port of another machine: name the port (only localhost, 127.0.0.1 and [::1] take *)"
    )]
    EveryPort,
}

impl Origin {
    fn is(&self, sent: &str) -> bool {
        match self {
            Self::One(origin) => origin == sent,
            Self::EveryPort(host) => sent.strip_prefix(host.as_str()).is_some_and(is_port),
        }
    }
}

/// Returns true if a browser could have written `text` after a host: nothing, for the default port,
/// or a port.
fn is_port(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(':') else { return text.is_empty() };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    plain && digits.parse::<u16>().is_ok()
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let (host, every_port) = text.strip_suffix(":*").map_or((text, false), |host| (host, true));
        // The URL parser accepts a star in a host.
        if host.contains('*') {
            return Err(InvalidOrigin::Form);
        }
        let url: Url = host.parse().map_err(|_| InvalidOrigin::Form)?;
        let has_more = !url.username().is_empty()
            || url.password().is_some()
            || url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some();
        if !matches!(url.scheme(), "http" | "https") || has_more {
            return Err(InvalidOrigin::Form);
        }
        let origin = url.origin().ascii_serialization();
        match every_port {
            _ if origin != host => {
                let end = if every_port { ":*" } else { "" };
                Err(InvalidOrigin::Spelling(origin + end))
            }
            true if url.port().is_some() => Err(InvalidOrigin::Form),
            true if !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) => {
                Err(InvalidOrigin::EveryPort)
            }
            true => Ok(Self::EveryPort(origin)),
            false => Ok(Self::One(origin)),
        }
    }
}

/// Returns true if one of the origins equals `sent`.
pub(super) fn allow(origins: &[Origin], sent: &str) -> bool {
    origins.iter().any(|origin| origin.is(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entry: &str, sent: &str) -> bool {
        entry.parse::<Origin>().unwrap().is(sent)
    }

    #[test]
    fn origin_is_compared_whole() {
        assert!(allows("https://shop.example", "https://shop.example"));
        assert!(allows("https://shop.example:8443", "https://shop.example:8443"));
        assert!(allows("http://[::1]:3000", "http://[::1]:3000"));
        for foreign in
            ["http://shop.example", "https://shop.example:8443", "https://shop.example.evil.example"]
        {
            assert!(!allows("https://shop.example", foreign), "{foreign}");
        }
    }

    #[test]
    fn star_matches_only_ports() {
        for entry in ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*", "https://localhost:*"] {
            let host = entry.strip_suffix(":*").unwrap();
            for port in ["", ":1", ":3000", ":65535"] {
                assert!(allows(entry, &format!("{host}{port}")), "{entry} {port}");
            }
            for more in [
                ":",
                ":*",
                ":0",
                ":080",
                ":65536",
                ":3000.evil.example",
                ".evil.example",
                ":1/",
                ":+1",
                ":1@x",
            ] {
                assert!(!allows(entry, &format!("{host}{more}")), "{entry} {more}");
            }
        }
        assert!(!allows("http://localhost:*", "https://localhost:3000"));
        assert!(!allows("http://localhost:*", "http://LOCALHOST:3000"));
    }

    #[test]
    fn invalid_origin_is_refused() {
        for wrong in [
            "*",
            "null",
            "localhost",
            "localhost:*",
            "http://",
            "http://*",
            "http://*:*",
            "http://*.shop.example",
            "http://localhost:*.evil.example",
            "http://localhost:**",
            "http://localhost:80*",
            "http://localhost:8080:*",
            "http://user@localhost:*",
            "http://user:pw@localhost",
            "http://localhost:*/",
            "https://shop.example/path",
            "https://shop.example?q",
            "https://shop.example#f",
            "ftp://shop.example",
            "file:///tmp",
            "http://a b",
            "http://localhost:99999",
        ] {
            assert_eq!(wrong.parse::<Origin>(), Err(InvalidOrigin::Form), "{wrong}");
        }
        for other in
            ["http://localhost.evil:*", "http://evil.example:*", "http://127.0.0.2:*", "http://0.0.0.0:*"]
        {
            assert_eq!(other.parse::<Origin>(), Err(InvalidOrigin::EveryPort), "{other}");
        }
        for (written, sent) in [
            ("https://SHOP.example", "https://shop.example"),
            ("https://shop.example/", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("http://localhost:80:*", "http://localhost:*"),
            ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(written.parse::<Origin>(), Err(InvalidOrigin::Spelling(sent.to_owned())), "{written}");
        }
    }
}
