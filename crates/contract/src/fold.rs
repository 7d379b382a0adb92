//! Folding: reduces texts to one form, in which search compares them.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{CanonicalCombiningClass, DefaultIgnorableCodePoint, GeneralCategory, Script},
};

/// The version of [`fold`]. An index stores the version that built it, and a newer version rebuilds
/// it. Raise this with every change in the results of folding, also when Unicode's tables change.
pub const FOLDING: u32 = 2;

const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();
const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// Returns `text` in the form in which it is compared. Resolves compatibility forms (NFKD), drops
/// marks and invisible characters, and applies full case folding. Replaces letters that people type
/// without their stroke. Folding twice changes nothing.
///
/// `Crème`, `CREME` and `creme` are alike, and so are `Straße` and `strasse`, `İstanbul` and
/// `istanbul`, `ﬁlter` and `filter`, `１２` and `12`.
#[must_use]
pub fn fold(text: &str) -> String {
    let cased = CaseMapper::new().fold_string(&bare(text)).into_owned();
    let mut plain = String::with_capacity(cased.len());
    for letter in bare(&cased).chars() {
        match unstroked(letter) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(letter),
        }
    }
    // Composes the remaining marks with their letters, so that a letter counts as one character.
    NFC.normalize(&plain).into_owned()
}

fn bare(text: &str) -> String {
    NFKD.normalize(text).chars().filter(|letter| !is_dropped(*letter)).collect()
}

fn is_dropped(letter: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(letter);
    let mark = matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark);
    (mark && is_optional(letter))
        || letter == TATWEEL
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// The Arabic tatweel, which stretches a word and is no letter of it.
const TATWEEL: char = '\u{640}';

/// Scripts that people also write without their marks: accents, and the vowels of Hebrew, Arabic
/// and Syriac. Most accents and Arabic vowels have the script `Inherited`.
const UNMARKED: [Script; 7] = [
    Script::Inherited,
    Script::Latin,
    Script::Greek,
    Script::Cyrillic,
    Script::Hebrew,
    Script::Arabic,
    Script::Syriac,
];

/// Returns true if people omit the mark when they type. In the scripts of India and its neighbours,
/// marks are vowels, as important as letters: `कुल` is not `कल`. There, people still omit the dot
/// below (nukta).
fn is_optional(mark: char) -> bool {
    let is_nukta =
        CodePointMapData::<CanonicalCombiningClass>::new().get(mark) == CanonicalCombiningClass::Nukta;
    let is_unmarked = UNMARKED.contains(&CodePointMapData::<Script>::new().get(mark));
    (is_nukta || is_unmarked) && !is_voicing(mark)
}

/// Returns true for the marks that make another kana: `ガ` is not `カ`.
fn is_voicing(letter: char) -> bool {
    matches!(letter, '\u{3099}' | '\u{309a}')
}

/// Maps letters whose stroke Unicode does not decompose to their spelling on a keyboard that lacks
/// them.
fn unstroked(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_alike() {
        for alike in [
            &["Crème brûlée", "CRÈME BRÛLÉE", "Cre\u{300}me bru\u{302}le\u{301}e", "creme brulee"][..],
            &["Straße", "STRASSE", "STRAẞE", "strasse"],
            &["İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "I\u{307}stanbul"],
            &["ﬁlter", "filter", "ＦＩＬＴＥＲ"],
            &["１２３", "123", "①②③"],
            &["ΟΔΟΣ", "οδος", "οδός", "ὁδός", "οδοσ"],
            &["Łódź", "lodz", "LODZ"],
            &["smørrebrød", "SMØRREBRØD", "smorrebrod"],
            &["Ærø", "aero"],
            &["ｶﾞﾗｽ", "ガラス", "カ\u{3099}ラス"],
            &["한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"],
            &["שָׁלוֹם", "שלום"],
            &["كِتَاب", "كتاب", "كتـــاب"],
            &["Tee\u{ad}kanne", "Teekanne", "Tee\u{200b}kanne", "\u{feff}teekanne"],
            &["☕️", "☕"],
            &["ज़री", "जरी", "ज\u{93c}री"],
        ] {
            let folded: Vec<String> = alike.iter().map(|text| fold(text)).collect();
            assert!(folded.iter().all(|text| *text == folded[0]), "{folded:?}");
        }
    }

    #[test]
    fn other_words_stay_other_words() {
        for (one, other) in [
            ("mug", "mugs"),
            ("ガス", "カス"),
            ("öl", "el"),
            ("1", "l"),
            ("", "a"),
            ("कुल", "कल"),
            ("मेज", "मज"),
            ("ปลา", "ปลี"),
        ] {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        // Beyond these planes, no letter decomposes or folds.
        for letter in (0..0x2_0000).filter_map(char::from_u32) {
            let text = format!("a{letter}\u{301}\u{3099}b{letter}");
            let once = fold(&text);
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(letter));
        }
    }
}
