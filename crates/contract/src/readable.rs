//! Rules for texts that other people read: in emails, on admins' screens, in logs.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        BidiControl, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, VariationSelector,
    },
};

/// Characters that shape letters and emoji, and show nothing alone.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];
/// Symbols by category that look empty: the braille pattern without dots, and the null notehead.
const BLANK: [char; 2] = ['\u{2800}', '\u{1d159}'];

/// Returns true if a part of `text` is visible, and nothing in it hides or reorders its
/// surroundings.
pub(crate) fn is_readable(text: &str) -> bool {
    text.chars().any(is_visible) && !text.chars().any(hides)
}

fn is_visible(c: char) -> bool {
    let group = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Number)
        .union(GeneralCategoryGroup::Punctuation)
        .union(GeneralCategoryGroup::Symbol);
    group.contains(category(c)) && !is_ignorable(c) && !BLANK.contains(&c)
}

fn hides(c: char) -> bool {
    let shapes = JOINERS.contains(&c) || CodePointSetData::new::<VariationSelector>().contains(c);
    CodePointSetData::new::<BidiControl>().contains(c)
        || matches!(
            category(c),
            GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
        )
        || (is_ignorable(c) && !shapes)
}

fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

/// Returns true if an email program makes a link of a part of `text`. That is a scheme, `www.`, an
/// email address, or a host with a path.
pub(crate) fn has_link(text: &str) -> bool {
    let text = folded(text);
    let has_path = |rest: &str| {
        let port = rest.strip_prefix(':').is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
        port || rest.starts_with(['/', '?'])
    };
    ["://", "www."].iter().any(|start| text.contains(start))
        || has_mailbox(&text)
        || hosts(&text).any(|(host, rest)| is_host(host) && has_path(rest))
}

fn has_mailbox(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric)
    })
}

/// Returns true if a part of `text` may be the name of a host, such as `prize.example`.
pub(crate) fn has_host(text: &str) -> bool {
    let text = folded(text);
    // Initials are no hosts: J.R.R., Ph.D.
    hosts(&text).any(|(host, _)| is_host(host) && host.split('.').all(|label| label.chars().count() > 1))
}

/// Returns `text` as an email program may read it: with compatibility forms as plain letters, and
/// without invisible characters.
fn folded(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_ignorable(*c)).collect();
    let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(&seen).to_lowercase();
    plain
        .replace('\u{3002}', ".")
        .replace(['\u{2044}', '\u{2215}', '\u{29f8}', '\\'], "/")
        .replace('\u{2236}', ":")
}

/// Returns each run of letters, digits, hyphens and dots, without dots around it, and the text
/// after it.
fn hosts(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(is_part)?;
        let run = rest.get(start..)?;
        let end = run.find(|c| !is_part(c)).unwrap_or(run.len());
        let (host, after) = run.split_at_checked(end)?;
        rest = after;
        Some((host.trim_matches('.'), after))
    })
}

/// Returns true for two labels or more. The last must consist of at least two letters, or be the
/// ASCII form of an international label.
fn is_host(host: &str) -> bool {
    let Some((names, top)) = host.rsplit_once('.') else { return false };
    let letters = top.chars().count() > 1 && top.chars().all(char::is_alphabetic);
    (letters || top.starts_with("xn--")) && names.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_that_hides_or_reorders_is_unreadable() {
        for bad in [
            "\u{200b}",
            "\u{200d}\u{200c}",
            "\u{2800}",
            "\u{3164}",
            "\u{ad}",
            "\u{fe0f}",
            "\u{1d159}",
            "\u{e0041}\u{e0042}",
            "\u{301}",
            "Ada \u{202e}eve",
            "Ada\u{2066}x\u{2069}",
            "Ada\u{200f}",
            "\u{61c}Ada",
            "Ad\u{200b}a",
            "Ada\u{feff}x",
            "A\u{2028}B",
            "A\u{2060}B",
        ] {
            assert!(!is_readable(bad), "{bad:?}");
        }
        for good in [
            "Ada",
            "Ǻđà 🦀",
            "👩\u{200d}💻",
            "می\u{200c}خواهم",
            "葛\u{e0100}城",
            "❤\u{fe0f}",
            "O'Neill-Smith, Jr.",
            "李",
            "נועה",
            "Zoë 3rd",
        ] {
            assert!(is_readable(good), "{good:?}");
        }
    }

    #[test]
    fn web_address_in_a_name_is_found() {
        for bad in [
            "you won, take it at http://prize.example",
            "HTTPS://x.y",
            "ｈｔｔｐ：／／prize",
            "htt\u{200d}p:/\u{200d}/x",
            "www.prize",
            "a@prize.example",
            "see t.me/prize",
            "x.co?a",
            "приз.xn--p1ai/a",
            "x.co:80",
            "prize\u{3002}example/win",
            "http:\u{2215}\u{2215}x",
            "http:\\\\x",
        ] {
            assert!(has_link(bad), "{bad:?}");
        }
        for bad in ["prize.example", "Take it at win-now.prize.shop!", "приз.рф", "prize．example"] {
            assert!(has_host(bad), "{bad:?}");
        }
        for good in [
            "J.R.R. Tolkien",
            "A.Smith",
            "Ada Lovelace, Ph.D.",
            "St. John",
            "Dr. Zoë M.Sc.",
            "Ram s/o Mohan",
            "Mr. 3.14",
            "Ada ... eve",
        ] {
            assert!(!has_link(good) && !has_host(good), "{good:?}");
        }
        for good in ["Str.des 17. Juni 135", "c/o Smith & Co.KG", "Nr. 12/3", "Flat 3:b", "Ada @ home"] {
            assert!(!has_link(good), "{good:?}");
        }
    }
}
