//! E-mail addresses, in one canonical form.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

/// An address that mail can be sent to, in its canonical form: trimmed, lower case. The local part keeps its `+tag`
/// and dots: two such addresses are two accounts. ASCII only: an international domain is given as `xn--…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = "email", max_length = 254, example = "ada@example.com")]
pub struct Email(String);

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an e-mail address such as ada@example.com")]
pub struct InvalidEmail;

impl Email {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    /// RFC 5321 dot-string local parts (no quoted strings, which is where header injection hides) at a host name of
    /// at least two labels; 254 bytes at most.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = text.trim_matches(' ').to_ascii_lowercase();
        let (local, domain) = address.rsplit_once('@').ok_or(InvalidEmail)?;
        let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
        let local_ok =
            local.len() <= 64 && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom));
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_ok = domain.contains('.')
            && domain.split('.').all(label_ok)
            && domain.rsplit('.').next().is_some_and(|top| !top.bytes().all(|byte| byte.is_ascii_digit()));
        if address.len() <= 254 && local_ok && domain_ok { Ok(Self(address)) } else { Err(InvalidEmail) }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_canonical_form() {
        assert_eq!("  Ada@Example.COM ".parse::<Email>().unwrap().as_str(), "ada@example.com");
        assert_eq!("a.b+tag@mail.example.com".parse::<Email>().unwrap().as_str(), "a.b+tag@mail.example.com");
    }

    #[test]
    fn what_could_carry_a_header_or_no_mail_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a b@c.de",
            "a@b..de",
            ".a@b.de",
            "a@-b.de",
            "a@b.de\r\nBcc: x@y.z",
            "\"a\"@b.de",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "ä@b.de",
            "a@b.de,c@d.ef",
            long.as_str(),
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }
}
