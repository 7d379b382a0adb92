//! Splits texts into the words that are indexed and searched. Both sides are folded in the same
//! way.

use std::{collections::BTreeMap, iter};

use estore_contract::{FOLDING, fold};
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup, Script},
};

/// The version of the rules that compute and weigh a product's words. It grows with [`FOLDING`],
/// and by one with each change of the rules here.
pub const WORDING: u32 = FOLDING + 1;

/// The longest word that is stored. Longer words are cut off.
const LONGEST: usize = 40;
/// The most words of one product.
const MOST: usize = 500;
/// The most words of a search.
const MOST_ASKED: usize = 20;
/// The longest name that products are sorted by. A cursor contains it.
const SORTED: usize = 100;

/// Returns the words of a search, each once. A text without letters and digits has none.
#[must_use]
pub fn query_words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for compound in compounds(&fold(text)) {
        for word in compound.split(is_hyphen).flat_map(asked) {
            if !found.contains(&word) && found.len() < MOST_ASKED {
                found.push(word);
            }
        }
    }
    found
}

/// The part of a product that contains a word. The later in this list, the more weight a hit has.
///
/// There can be four at most. The index keeps the number of a field in two bits beside that of the
/// word (`catalogue/dictionary.rs`). For each word it has four sets of products
/// (`catalogue/postings.rs`). A further text that is searched shares one of these fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Description,
    Tags,
    Name,
    Sku,
}

impl Field {
    /// Every field, heaviest first.
    pub const ALL: [Self; 4] = [Self::Sku, Self::Name, Self::Tags, Self::Description];

    /// Returns the weight of a word in this field: each field has twice the weight of the one below
    /// it.
    #[must_use]
    pub const fn weight(self) -> u32 {
        1 << self as u32
    }
}

/// The weight of a word that occurs in the product as it was typed. A word that begins with it has
/// half the weight, and one with a typo a quarter.
pub const EXACT: u32 = 4;

/// Returns the words under which a product is found, each with the field in which it has the most
/// weight.
#[must_use]
pub fn indexed_words<'a>(
    name: &str,
    sku: &str,
    tags: impl Iterator<Item = &'a str>,
    description: &str,
) -> BTreeMap<String, Field> {
    let tags: Vec<&str> = tags.collect();
    let tags = tags.join(" ");
    let mut fields = BTreeMap::new();
    for (text, field) in [
        (sku, Field::Sku),
        (name, Field::Name),
        (tags.as_str(), Field::Tags),
        (description, Field::Description),
    ] {
        for word in compounds(&fold(text)).flat_map(indexed) {
            if fields.len() < MOST {
                fields.entry(word).or_insert(field);
            }
        }
    }
    fields
}

/// Returns the text by which the order `name` sorts a product.
#[must_use]
pub fn sort_name(name: &str) -> String {
    fold(name).chars().take(SORTED).collect()
}

/// Returns words including the characters that join their parts: `t-shirt`, `d'anjou`,
/// `mug-enamel-01`.
pub(super) fn compounds(folded: &str) -> impl Iterator<Item = &str> {
    let parts = |c: char| !(c.is_alphanumeric() || is_mark(c) || is_hyphen(c) || is_apostrophe(c));
    folded.split(parts).filter(|compound| compound.chars().any(char::is_alphanumeric))
}

/// Reports whether a character is a mark that folding keeps, such as the Hindi sign that joins two
/// consonants. It does not separate words.
fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}')
}

/// Returns the words under which a compound is found: each part, and the whole written as one word.
fn indexed(compound: &str) -> impl Iterator<Item = String> {
    let compound = compound.trim_matches(|c| is_hyphen(c) || is_apostrophe(c));
    let joined = compound.contains(is_hyphen).then(|| joined(compound)).into_iter();
    let parts = compound.split(is_hyphen).flat_map(|part| {
        let part = part.trim_matches(is_apostrophe);
        let pieces = part.contains(is_apostrophe).then(|| part.split(is_apostrophe)).into_iter().flatten();
        iter::once(self::joined(part)).chain(pieces.map(str::to_owned))
    });
    parts.chain(joined).flat_map(|word| runs(&word).flat_map(|run| run.indexed()).collect::<Vec<_>>())
}

/// Returns the words to search for a part of a compound.
pub(super) fn asked(part: &str) -> Vec<String> {
    runs(&joined(part)).flat_map(|run| run.asked()).collect()
}

fn joined(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric() && !is_apostrophe(*c)).collect()
}

/// A part of a word in one kind of script.
enum Run {
    /// A word of a script that separates words by spaces.
    Spaced(String),
    /// Letters of a script in which spaces do not reliably separate words. They are indexed singly
    /// and by every two consecutive letters.
    Unspaced(Vec<char>),
}

impl Run {
    fn indexed(&self) -> Vec<String> {
        match self {
            Self::Spaced(word) => vec![word.clone()],
            Self::Unspaced(letters) => letters.iter().map(char::to_string).chain(pairs(letters)).collect(),
        }
    }

    fn asked(&self) -> Vec<String> {
        match self {
            Self::Unspaced(letters) if letters.len() > 1 => pairs(letters).collect(),
            other => other.indexed(),
        }
    }
}

fn pairs(letters: &[char]) -> impl Iterator<Item = String> {
    letters.windows(2).map(|pair| pair.iter().collect())
}

fn runs(word: &str) -> impl Iterator<Item = Run> {
    let letters: Vec<char> = word.chars().collect();
    let runs: Vec<Run> = letters
        .chunk_by(|a, b| is_unspaced(*a) == is_unspaced(*b))
        .map(|run| match run.first() {
            Some(first) if is_unspaced(*first) => Run::Unspaced(run.to_vec()),
            _ => Run::Spaced(run.iter().take(LONGEST).collect()),
        })
        .collect();
    runs.into_iter()
}

fn is_unspaced(letter: char) -> bool {
    let script = CodePointMapData::<Script>::new().get(letter);
    // The mark that lengthens a vowel belongs to both kana.
    letter == 'ー'
        || [
            Script::Han,
            Script::Hiragana,
            Script::Katakana,
            Script::Bopomofo,
            Script::Hangul,
            Script::Thai,
            Script::Lao,
            Script::Khmer,
            Script::Myanmar,
        ]
        .contains(&script)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports whether a product with this name is found.
    fn finds(question: &str, name: &str) -> bool {
        let index = indexed_words(name, "S", iter::empty(), "");
        let words = query_words(question);
        !words.is_empty() && words.iter().all(|word| index.contains_key(word))
    }

    #[test]
    fn words_are_folded_and_weighed() {
        let found =
            indexed_words("Café Größe", "CAFE-01", ["camping", "steel"].into_iter(), "A café for camping.");
        let expected = [
            ("cafe", Field::Sku),
            ("grosse", Field::Name),
            ("camping", Field::Tags),
            ("for", Field::Description),
        ];
        for (word, field) in expected {
            assert_eq!(found[word], field, "{word}");
        }
        assert_eq!(Field::ALL.map(Field::weight), [8, 4, 2, 1]);
        assert_eq!(query_words("  GRÖSSE größe, camping! größe"), ["grosse", "camping"]);
        assert!(query_words("{inv}:* \0 ' --").iter().all(|word| word == "inv"));
    }

    #[test]
    fn word_is_found_in_any_spelling() {
        for (question, name) in [
            ("décoré", "De\u{301}core\u{301} Teller"),
            ("istanbul", "İstanbul Tasse"),
            ("strasse", "Straße Tasse"),
            ("creme", "Crème brûlée Form"),
            ("マグカップ", "日本語マグカップ"),
            ("ﾏｸﾞｶｯﾌﾟ", "日本語マグカップ"),
            ("日本語", "日本語マグカップ"),
            ("本", "日本語マグカップ"),
            ("用ケース", "iPhone用ケース"),
            ("iphone", "iPhone用ケース"),
            ("컵", "머그컵 세트"),
            ("머그", "머그컵 세트"),
            ("กาแฟ", "แก้วกาแฟ"),
            ("tshirt", "T-Shirt"),
            ("t-shirt", "T-Shirt"),
            ("t shirt", "T-Shirt"),
            ("mens", "Men's Jacket"),
            ("men’s", "Men's Jacket"),
            ("men", "Men's Jacket"),
            ("anjou", "Crème d’Anjou"),
            ("d'anjou", "Crème d’Anjou"),
            ("'mug'", "Mug"),
            ("mug-enamel-01", "MUG-ENAMEL-01"),
            ("क्या", "क्या मेज"),
            ("जरी", "ज़री साड़ी"),
            ("ま\u{3099}か", "ま\u{3099}か"),
            ("a\u{301}\u{301}\u{301}\u{301}b", "áb"),
        ] {
            assert!(finds(question, name), "{question} in {name}: {:?}", query_words(question));
        }
        for (question, name) in
            [("マグ皿", "日本語マグカップ"), ("mug", "smuggler"), ("या", "क्या"), ("कल", "कुल")]
        {
            assert!(!finds(question, name), "{question} in {name}");
        }
    }

    #[test]
    fn text_without_letters_has_no_words() {
        for text in ["", " ", "!!!", "☕", "☕️👩‍👩‍👧", "'", "--", "\u{301}", "\u{200b}", "｡", "+*/", "\u{0}"]
        {
            assert_eq!(query_words(text), [""; 0], "{text:?}");
        }
    }

    #[test]
    fn words_of_a_text_are_bounded() {
        // One letter of the Arabic presentation forms folds to eighteen.
        let long = "\u{fdfa}".repeat(200);
        assert!(query_words(&long).iter().all(|word| word.chars().count() <= LONGEST));
        assert_eq!(query_words(&"日本語茶".repeat(50)).len(), 4);
        let many = (0..1000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(indexed_words(&many, "S", iter::empty(), "").len(), MOST);
        assert_eq!(query_words(&many).len(), MOST_ASKED);
        assert_eq!(sort_name(&long).chars().count(), SORTED);
    }
}
