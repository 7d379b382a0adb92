//! Phrases: words that follow each other. A product keeps a hash of each two words that do; a phrase is found where all of its
//! twos are.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use estore_contract::fold;

use super::words::{asked, compounds, is_hyphen};

/// The most twos that a product keeps, as of its words.
const MOST: usize = 500;
/// The most words of a phrase.
const MOST_WORDS: usize = 20;

/// The words of a text in their order, cut as a question is.
fn sequence(text: &str) -> Vec<String> {
    let folded = fold(text);
    compounds(&folded).flat_map(|compound| compound.split(is_hyphen)).flat_map(asked).collect()
}

fn hashes(words: &[String]) -> impl Iterator<Item = u32> {
    words.windows(2).map(|two| {
        let mut hasher = DefaultHasher::new();
        two.hash(&mut hasher);
        // The half of a hash is a hash.
        u32::try_from(hasher.finish() >> u32::BITS).unwrap_or_default()
    })
}

/// Hashes of each two words that follow each other in one of `texts`, sorted.
pub fn pairs<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let found: BTreeSet<u32> =
        texts.flat_map(|text| hashes(&sequence(text)).collect::<Vec<_>>()).take(MOST).collect();
    found.into_iter().collect()
}

/// A part of a question in quotes: its words count as they are written, and follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its words, in order.
    pub words: Vec<String>,
    /// Hashes of each two that follow each other.
    pub pairs: Vec<u32>,
}

/// The phrases of a question. A quote that nothing closes is none.
#[must_use]
pub fn phrases(question: &str) -> Vec<Phrase> {
    let is_quote = |c: char| matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ff02}');
    let parts: Vec<&str> = question.split(is_quote).collect();
    // Every other part is between two quotes, but for what follows the last one.
    let quoted = parts.chunks_exact(2).filter_map(|two| two.get(1)).take(parts.len().saturating_sub(1) / 2);
    quoted
        .map(|text| {
            let mut words = sequence(text);
            words.truncate(MOST_WORDS);
            let pairs = hashes(&words).collect();
            Phrase { words, pairs }
        })
        .filter(|phrase| !phrase.words.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(question: &str, texts: &[&str]) -> bool {
        let kept = pairs(texts.iter().copied());
        let asked = phrases(question);
        !asked.is_empty()
            && asked.iter().all(|phrase| phrase.pairs.iter().all(|pair| kept.binary_search(pair).is_ok()))
    }

    #[test]
    fn phrase_fits_words_in_its_order() {
        let texts = ["Blue Steel Mug", "A mug for camping, made of T-shirt cotton."];
        for good in
            ["\"steel mug\"", "\"BLUE stéel\" mug", "„made of t shirt“", "\"camping made\"", "\"mug\""]
        {
            assert!(fits(good, &texts), "{good}");
        }
        for bad in ["\"mug steel\"", "\"mug a\"", "\"blue mug\"", "steel mug", "\"steel mug"] {
            assert!(!fits(bad, &texts), "{bad}");
        }
    }

    #[test]
    fn quotes_without_words_are_no_phrase() {
        for none in ["", "\"\"", "\" \" x", "\"", "a\"b", "\"!\""] {
            assert_eq!(phrases(none), [], "{none}");
        }
        assert_eq!(phrases("\"a b\" \"c\" \"d").len(), 2);
    }
}
