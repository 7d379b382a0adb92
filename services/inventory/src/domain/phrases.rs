//! Phrases: words that follow each other. A product stores a hash of each pair of consecutive
//! words. It contains a phrase if it has all pairs of the phrase.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use estore_contract::fold;

use super::words::{asked, compounds, is_hyphen};

/// The most pairs that a product stores, each once, with four bytes. A description of 5,000
/// characters, each second one a space, has no more.
const MOST: usize = 2500;
/// The most words of a phrase.
const MOST_WORDS: usize = 20;

/// Returns the words of a text in their order, split as a question is.
fn sequence(text: &str) -> Vec<String> {
    let folded = fold(text);
    compounds(&folded).flat_map(|compound| compound.split(is_hyphen)).flat_map(asked).collect()
}

fn hashes(words: &[String]) -> impl Iterator<Item = u32> {
    words.windows(2).map(|two| {
        let mut hasher = DefaultHasher::new();
        two.hash(&mut hasher);
        // Half of a hash is still a hash.
        u32::try_from(hasher.finish() >> u32::BITS).unwrap_or_default()
    })
}

/// Returns the hashes of each pair of consecutive words in one of `texts`, sorted. If there are too
/// many, those of the last texts are missing.
pub fn pairs<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let mut found = BTreeSet::new();
    for pair in texts.flat_map(|text| hashes(&sequence(text)).collect::<Vec<_>>()) {
        if found.len() == MOST {
            break;
        }
        found.insert(pair);
    }
    found.into_iter().collect()
}

/// A quoted part of a question. Its words must occur as they are written, and in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its words, in order.
    pub words: Vec<String>,
    /// Hashes of each pair of consecutive words.
    pub pairs: Vec<u32>,
}

/// Returns the phrases of a question. An unclosed quote is not a phrase.
#[must_use]
pub fn phrases(question: &str) -> Vec<Phrase> {
    let is_quote = |c: char| matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ff02}');
    let parts: Vec<&str> = question.split(is_quote).collect();
    // Every second part is between two quotes, except the part after the last quote.
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
