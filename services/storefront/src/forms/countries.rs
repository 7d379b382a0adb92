//! The names of countries in the languages of the shop. `countries.txt` has a line for each country
//! of ISO 3166-1: its code, its English and its German name.

use std::sync::LazyLock;

use estore_contract::{fold, verification::Locale};

const TABLE: &str = include_str!("countries.txt");

/// A country of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CountryName {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
}

static ENGLISH: LazyLock<Vec<CountryName>> = LazyLock::new(|| sorted(1));
static GERMAN: LazyLock<Vec<CountryName>> = LazyLock::new(|| sorted(2));

/// Returns every country, ordered by its name. Accents do not count.
pub(crate) fn countries(locale: Locale) -> &'static [CountryName] {
    match locale {
        Locale::En => &ENGLISH,
        Locale::De => &GERMAN,
    }
}

fn sorted(column: usize) -> Vec<CountryName> {
    let row = |line: &'static str| {
        let mut parts = line.split('|');
        let code = parts.next()?;
        Some(CountryName { code, name: parts.nth(column - 1)? })
    };
    let mut rows: Vec<CountryName> = TABLE.lines().filter_map(row).collect();
    rows.sort_by_cached_key(|country| fold(country.name));
    rows
}

/// Returns the name of a country, or its code if the table does not have it.
pub(crate) fn name_of(code: &str, locale: Locale) -> &str {
    countries(locale).iter().find(|country| country.code == code).map_or(code, |country| country.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use estore_contract::text::Country;

    use super::*;

    #[test]
    fn table_has_every_country_once() {
        for locale in Locale::ALL {
            let codes: Vec<&str> = countries(locale).iter().map(|country| country.code).collect();
            let unique: BTreeSet<&str> = codes.iter().copied().collect();
            let letters = || 'A'..='Z';
            let all = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
            let known: Vec<String> = all.filter(|code| Country::try_from(code.clone()).is_ok()).collect();
            assert_eq!((codes.len(), unique.len()), (known.len(), known.len()));
            assert!(known.iter().all(|code| unique.contains(code.as_str())));
        }
    }

    #[test]
    fn countries_are_named_and_ordered_in_their_language() {
        assert_eq!((name_of("DE", Locale::En), name_of("DE", Locale::De)), ("Germany", "Deutschland"));
        assert_eq!(name_of("ZZ", Locale::De), "ZZ");
        let first = |locale| countries(locale).first().map(|country| country.name);
        assert_eq!((first(Locale::En), first(Locale::De)), (Some("Afghanistan"), Some("Afghanistan")));
        let place = |name| countries(Locale::De).iter().position(|country| country.name == name);
        assert!(place("Ägypten") < place("Albanien") && place("Österreich") < place("Panama"));
    }
}
