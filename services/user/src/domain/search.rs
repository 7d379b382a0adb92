//! The search for accounts by a part of the name or the address.

use estore_contract::{Email, fold, text::PersonName};
use serde::Deserialize;

/// The most characters of a search.
const MOST: usize = 100;
/// The fewest characters that are found anywhere in a word. The index holds runs of three.
const ANYWHERE: usize = 3;

/// Returns the text in which searches find an account. It begins with a space, so that the
/// beginning of every word looks alike.
#[must_use]
pub fn searchable(name: &PersonName, email: &Email) -> String {
    format!(" {} {email}", spaced(&fold(name.as_str())))
}

/// A part of a name or of an address. Letters match with and without accents, in either case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Search(String);

impl TryFrom<String> for Search {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // A whole address has one form, which folding alone does not make: its domain is ASCII.
        let email = text.parse::<Email>().map(|email| email.to_string());
        let folded = email.unwrap_or_else(|_part| spaced(&fold(&text)));
        let is_short = (1..=MOST).contains(&text.chars().count());
        if is_short && !folded.is_empty() && !text.chars().any(char::is_control) {
            Ok(Self(folded))
        } else {
            Err("must have 1 to 100 characters, one of them visible, and no control character")
        }
    }
}

impl Search {
    /// Returns the pattern for SQL's `LIKE` that matches [`searchable`] texts. One or two
    /// characters must begin a word: elsewhere, no index would find them.
    #[must_use]
    pub fn pattern(&self) -> String {
        let escaped = self.0.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        let start = if self.0.chars().count() < ANYWHERE { "% " } else { "%" };
        format!("{start}{escaped}%")
    }
}

/// Returns `text` with one space between its words.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> Result<Search, &'static str> {
        Search::try_from(text.to_owned())
    }

    #[test]
    fn search_is_folded_and_taken_literally() {
        for (text, pattern) in [
            ("Łove", "%love%"),
            ("  ADA   Łovelace ", "%ada lovelace%"),
            ("Straße", "%strasse%"),
            ("100%_\\", r"%100\%\_\\%"),
            ("Li", "% li%"),
            ("王伟", "% 王伟%"),
            ("a%", r"% a\%%"),
            ("Ada@B\u{fc}cher.example", "%ada@xn--bcher-kva.example%"),
            ("@Example.com", "%@example.com%"),
        ] {
            assert_eq!(search(text).map(|search| search.pattern()), Ok(pattern.to_owned()), "{text}");
        }
    }

    #[test]
    fn search_without_a_visible_character_is_refused() {
        for text in ["", "  ", "\u{301}", "\u{ad}", "a\0b", "a\nb", &"a".repeat(101)] {
            assert!(search(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn account_is_searchable_by_folded_name_and_address() {
        let name = PersonName::try_from("Zoë  Łovelace".to_owned()).unwrap();
        let email = "Zoe.L@example.com".parse().unwrap();
        assert_eq!(searchable(&name, &email), " zoe lovelace zoe.l@example.com");
    }
}
