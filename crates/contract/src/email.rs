//! Email addresses, in one canonical form.

use std::{borrow::Cow, fmt, str::FromStr};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// Allows spaces around the address, which are trimmed, and any letters in the domain, which the
/// type checks.
const PATTERN: &str = concat!(
    r"^\s*[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*",
    r"@[^\x00-,/:-@\[-`{-\x7f]+\s*$"
);

/// An address that email can be sent to, in its canonical form. It is trimmed and in lower case,
/// with an international domain in its ASCII form (`xn--…`). The local part keeps its `+tag` and
/// dots: two such addresses are two accounts. The result is ASCII. Stored addresses are read by the
/// same rule, so it may only become wider.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl PartialSchema for Email {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(3)).max_length(Some(320));
        let text = text.pattern(Some(PATTERN)).examples(["ada@example.com"]);
        text.description(Some(
            "must be an email address of at most 254 characters, such as ada@example.com. It is trimmed, and kept in lower case, an international domain in its ASCII form.",
        ))
        .into()
    }
}

impl ToSchema for Email {
    fn name() -> Cow<'static, str> {
        "Email".into()
    }
}

/// The error for an invalid address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an email address such as ada@example.com")]
pub struct InvalidEmail;

impl Email {
    /// Returns the address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the address with all but the first letter of its local part hidden, such as
    /// `a***@example.com`. Its owner recognizes it, and others learn little.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    /// Accepts RFC 5321 dot-string local parts at a host name of at least two labels, in 254 bytes
    /// at most. Rejects quoted strings, because they can hide header injection.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_matches(|c: char| c.is_whitespace() && !c.is_control());
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let (local, domain) = (local.to_ascii_lowercase(), ascii(domain)?);
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
        let address = format!("{local}@{domain}");
        if address.len() <= 254 && local_ok && domain_ok { Ok(Self(address)) } else { Err(InvalidEmail) }
    }
}

/// Returns a domain as the DNS has it (UTS 46). Only lower-cases a domain that is already ASCII.
fn ascii(domain: &str) -> Result<String, InvalidEmail> {
    if domain.is_ascii() {
        return Ok(domain.to_ascii_lowercase());
    }
    let (deny, hyphens) = (AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    let ascii = Uts46::new().to_ascii(domain.as_bytes(), deny, hyphens, DnsLength::Verify);
    ascii.map(Cow::into_owned).map_err(|_errors| InvalidEmail)
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
    fn masked_address_keeps_letter_and_domain() {
        for (address, masked) in
            [("ada@example.com", "a***@example.com"), ("x@mail.example", "x***@mail.example")]
        {
            assert_eq!(address.parse::<Email>().unwrap().masked(), masked);
        }
    }

    #[test]
    fn addresses_have_one_canonical_form() {
        assert_eq!("  Ada@Example.COM ".parse::<Email>().unwrap().as_str(), "ada@example.com");
        assert_eq!("a.b+tag@mail.example.com".parse::<Email>().unwrap().as_str(), "a.b+tag@mail.example.com");
        assert_eq!("\u{a0}ada@example.com\u{3000}".parse::<Email>().unwrap().as_str(), "ada@example.com");
        for same in ["b\u{fc}cher", "B\u{dc}CHER", "bu\u{308}cher", "xn--bcher-kva", "XN--BCHER-KVA"] {
            let email = format!("ada@{same}.example").parse::<Email>().unwrap();
            assert_eq!(email.as_str(), "ada@xn--bcher-kva.example", "{same}");
        }
        assert_eq!("ada@例え\u{3002}jp".parse::<Email>().unwrap().as_str(), "ada@xn--r8jz45g.jp");
    }

    #[test]
    fn unsafe_or_undeliverable_address_is_refused() {
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
            "a@b\u{200b}\u{2028}.de",
            "a@\u{fc}_x.de",
            "a@-\u{fc}.de",
            "a@\u{202e}\u{fc}.de",
            "a@b.de\n",
            "a@b.de,c@d.ef",
            long.as_str(),
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }
}
