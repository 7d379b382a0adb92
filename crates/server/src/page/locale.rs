//! The language of a page.

use estore_contract::verification::Locale;
use http::{HeaderMap, header};

use crate::weights::weighted;

/// The name of the cookie in which a site keeps the language that its visitor chose. With https,
/// the name has the prefix `__Host-`.
pub const LANGUAGE_COOKIE: &str = "shop-language";

/// Returns the language that the visitor of a site chose, or else the one that the browser prefers.
pub(crate) fn chosen(request: &HeaderMap) -> Locale {
    let lines = request.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let own = pairs.find(|(name, _)| name.strip_prefix("__Host-").unwrap_or(name) == LANGUAGE_COOKIE);
    own.and_then(|(_, tag)| tag.parse().ok()).unwrap_or_else(|| locale(request))
}

/// Returns the available language that the browser prefers (RFC 9110, section 12.5.4).
#[must_use]
pub fn locale(request: &HeaderMap) -> Locale {
    let wanted = weighted(request, header::ACCEPT_LANGUAGE);
    let mut best = (Locale::default(), f32::MIN, usize::MAX);
    for locale in Locale::ALL {
        let (weight, place) = liking(locale.as_str(), &wanted);
        if weight > best.1 || (weight.total_cmp(&best.1).is_eq() && place < best.2) {
            best = (locale, weight, place);
        }
    }
    best.0
}

/// Returns the weight of a language, and its position in the list. A language that is refused
/// (`q=0`) comes after one that is not listed.
fn liking(tag: &str, wanted: &[(String, f32)]) -> (f32, usize) {
    let named = |range: &str| range == tag;
    let region = |range: &str| range.split('-').next() == Some(tag);
    let places =
        || wanted.iter().enumerate().map(|(place, (range, weight))| (range.as_str(), *weight, place));
    if places().any(|(range, weight, _)| named(range) && weight == 0.0) {
        return (-1.0, usize::MAX);
    }
    let own = places().filter(|(range, ..)| region(range)).max_by(|one, other| {
        let (one, other) = ((one.1, one.2), (other.1, other.2));
        one.0.total_cmp(&other.0).then(other.1.cmp(&one.1))
    });
    let any = || places().find(|(range, ..)| *range == "*");
    match own.filter(|(_, weight, _)| *weight > 0.0).or_else(any) {
        Some((_, weight, place)) if weight > 0.0 => (weight, place),
        _ => (0.0, usize::MAX),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(lines: &[&str]) -> Locale {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_LANGUAGE, HeaderValue::from_str(line).unwrap());
        }
        locale(&headers)
    }

    #[test]
    fn chosen_language_comes_before_the_preferred_one() {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        assert_eq!(chosen(&headers), Locale::En);
        for (cookies, expected) in [
            ("shop-language=de", Locale::De),
            ("a=b; __Host-shop-language=de", Locale::De),
            ("shop-language=xx", Locale::En),
            ("other-shop-language=de", Locale::En),
        ] {
            headers.insert(header::COOKIE, HeaderValue::from_static(cookies));
            assert_eq!(chosen(&headers), expected, "{cookies}");
        }
    }

    #[test]
    fn page_is_in_the_language_of_highest_weight() {
        for (line, expected) in [
            ("", Locale::En),
            ("de", Locale::De),
            ("DE-at", Locale::De),
            ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", Locale::De),
            ("en-US,en;q=0.9,de;q=0.8", Locale::En),
            ("fr-CH, fr;q=0.9, de;q=0.8", Locale::De),
            ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7", Locale::En),
            ("en;q=0.1, de", Locale::De),
            ("de;q=0, en", Locale::En),
            ("de;q=0", Locale::En),
            ("en;q=0", Locale::De),
            ("en;q=0, *", Locale::De),
            ("*;q=0.5, en;q=0.1", Locale::De),
            ("*", Locale::En),
            ("fr, *;q=0.1", Locale::En),
            ("de;q=0.5, en;q=0.5", Locale::De),
            ("de-CH, de;q=0.5, en;q=0.8", Locale::De),
            ("de;q=0, de-CH, en;q=0.1", Locale::En),
            ("en ; Q=0.2 , de ; q = 0.3", Locale::De),
            ("der, den, deu", Locale::En),
            ("de;q=2, en;q=0.1", Locale::En),
            ("de;q=NaN, en;q=0.1", Locale::En),
            ("de;q=-1", Locale::En),
            (",;,de;q=0.001", Locale::De),
        ] {
            assert_eq!(read(&[line]), expected, "{line}");
        }
        assert_eq!(read(&["fr", "de;q=0.4", "en;q=0.3"]), Locale::De);
    }
}
