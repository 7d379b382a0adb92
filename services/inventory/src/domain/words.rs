//! Words: how a text is cut into what is indexed and searched.

use std::collections::BTreeMap;

/// The longest word that is kept; what follows it is cut off.
const LONGEST: usize = 40;
/// The most words of one product.
const MOST: usize = 200;

/// `text` for comparing: lower case.
#[must_use]
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    let split: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST).collect())
        .collect();
    split.into_iter()
}

/// The words of a search, each once; at most 10.
#[must_use]
pub fn query_words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words(text) {
        if !found.contains(&word) && found.len() < 10 {
            found.push(word);
        }
    }
    found
}

/// The words that a product is found by, with their weight: name 8, SKU and tags 4, description 1, added up.
#[must_use]
pub fn indexed_words<'a>(
    name: &str,
    sku: &str,
    tags: impl Iterator<Item = &'a str>,
    description: &str,
) -> BTreeMap<String, u32> {
    let tags: Vec<&str> = tags.collect();
    let tags = tags.join(" ");
    let mut weights = BTreeMap::new();
    for (text, weight) in [(name, 8), (sku, 4), (tags.as_str(), 4), (description, 1)] {
        for word in words(text) {
            if weights.contains_key(&word) || weights.len() < MOST {
                *weights.entry(word).or_insert(0) += weight;
            }
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_weighed() {
        let found =
            indexed_words("Café Größe", "CAFE-01", ["camping", "steel"].into_iter(), "A café for camping.");
        assert_eq!(found["café"], 9);
        assert_eq!(found["camping"], 5);
        assert_eq!(found["01"], 4);
        assert_eq!(query_words("  GRÖSSE größe, camping! größe"), ["grösse", "größe", "camping"]);
        assert!(query_words("{inv}:* \0 ' --").iter().all(|word| word == "inv"));
    }
}
