//! Short texts, each with its rule. None accepts control characters, which forge log lines and
//! email headers.
//!
//! Requests are read by the rules. Stored texts, and answers with stored texts, are read without
//! them (`kept`), because a rule may become stricter.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    country,
    readable::{has_host, has_link, is_readable},
    verification::Locale,
};

/// Matches text without control characters (`char::is_control`) and without space around it.
const PLAIN: &str = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$";

/// The last part of each rule describes its pattern in words, which the error message repeats.
macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident($least:literal..=$most:literal, $pattern:expr, $rule:expr, $says:literal);)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Accepts a stored text without a check. It was valid under an earlier rule, and must
            /// stay readable when a rule changes.
            #[must_use]
            pub const fn kept(text: String) -> Self {
                Self(text)
            }

            /// Reads a text as [`Self::kept`] accepts it, for stored values that another service
            /// returns.
            pub fn deserialize_kept<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::kept)
            }

            /// Reads such a text if there is one. Goes with `default` if the field may be absent.
            pub fn deserialize_kept_if_any<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Option<Self>, D::Error> {
                Option::<String>::deserialize(deserializer).map(|text| text.map(Self::kept))
            }

            /// Reads a list of such texts.
            pub fn deserialize_kept_list<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Vec<Self>, D::Error> {
                Vec::<String>::deserialize(deserializer).map(|texts| texts.into_iter().map(Self::kept).collect())
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let rule: fn(&str) -> bool = $rule;
                let fits = ($least..=$most).contains(&text.chars().count());
                let clean = text.trim_matches(is_space) == text && !text.chars().any(char::is_control);
                if fits && clean && rule(&text) { Ok(Self(text)) } else { Err($says) }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some($least)).max_length(Some($most));
                text.pattern(Some($pattern)).description(Some($says)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    )+};
}

texts! {
    /// A person's name, which strangers and admins read.
    PersonName(1..=100, PLAIN, is_name, "must have 1 to 100 visible characters, no control or bidirectional characters, no web address, and no space around it");
    /// A line of an address.
    AddressLine(1..=200, PLAIN, |text| is_readable(text) && !has_link(text), "must have 1 to 200 visible characters, no control or bidirectional characters, no web address, and no space around it");
    /// The name that an owner gives to an address, such as `Home`.
    Label(1..=40, PLAIN, |text| is_readable(text) && !has_link(text), "must have 1 to 40 visible characters, no control or bidirectional characters, no web address, and no space around it");
    /// A reason, given by an admin.
    ShortText(1..=200, PLAIN, is_readable, "must have 1 to 200 visible characters, no control or bidirectional characters, and no space around it");
    /// A postal code.
    Postcode(2..=16, "^[A-Za-z0-9-]([A-Za-z0-9 -]*[A-Za-z0-9-])?$", |text| text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-'), "must have 2 to 16 letters, digits, spaces or hyphens");
    /// A telephone number (E.164).
    Phone(8..=16, r"^\+[1-9][0-9]{6,14}$", |text| text.strip_prefix('+').is_some_and(|digits| !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())), "must be + and 7 to 15 digits, such as +49301234567");
    /// A country (ISO 3166-1 alpha-2).
    Country(2..=2, country::pattern(), country::is_known, "must be the code of a country in ISO 3166-1, such as DE or GB");
    /// The name of a category in paths.
    Slug(1..=64, "^[a-z0-9]+(-[a-z0-9]+)*$", is_slug, "must be 1 to 64 lowercase letters, digits and single hyphens");
    /// A word by which search finds products.
    Tag(1..=40, "^[a-z0-9]+(-[a-z0-9]+)*$", is_slug, "must be 1 to 40 lowercase letters, digits and single hyphens");
    /// The display name of a product or category.
    Title(1..=200, PLAIN, |_| true, "must have 1 to 200 characters, without control characters or space around it");
}

impl PersonName {
    /// Returns the form of address in emails to a person whose name is not confirmed.
    #[must_use]
    pub const fn placeholder_text(locale: Locale) -> &'static str {
        match locale {
            Locale::En => "Customer",
            Locale::De => "Kundin oder Kunde",
        }
    }

    /// Returns the name of an account until its owner provides one.
    #[must_use]
    pub fn placeholder(locale: Locale) -> Self {
        Self(Self::placeholder_text(locale).to_owned())
    }
}

/// Returns true for the spaces that the patterns' `\s` matches, which include the byte order mark.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn is_name(text: &str) -> bool {
    is_readable(text) && !has_link(text) && !has_host(text)
}

fn is_slug(text: &str) -> bool {
    text.split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_breaks_its_rule_is_refused() {
        let bad = ["", " Ada", "\u{feff}Ada", "Ada\r\nBcc: x", "A\u{0}da"];
        assert!(bad.into_iter().all(|text| PersonName::try_from(text.to_owned()).is_err()));
        assert!(PersonName::try_from("Ǻđà 🦀".to_owned()).is_ok());
        for locale in [Locale::En, Locale::De] {
            let name = PersonName::placeholder(locale);
            assert_eq!(PersonName::try_from(name.as_str().to_owned()), Ok(name));
        }
        assert!(
            ["XX", "UK", "de", "DEU", "EU", "ZZ"]
                .into_iter()
                .all(|text| Country::try_from(text.to_owned()).is_err())
        );
        assert!(
            ["DE", "GB", "HK", "AX", "SS"].into_iter().all(|text| Country::try_from(text.to_owned()).is_ok())
        );
        assert!(Phone::try_from("+49301234567".to_owned()).is_ok());
        assert!(
            ["+0123456789", "0301234567", "+49 30 123"]
                .into_iter()
                .all(|text| Phone::try_from(text.to_owned()).is_err())
        );
        assert!(["-a", "a--b", "A", "a/b"].into_iter().all(|text| Slug::try_from(text.to_owned()).is_err()));
    }
}
