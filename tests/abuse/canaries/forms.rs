//! The forms that a secret can take in a file: plain, escaped, and encoded.

use std::fmt::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use estore_tests::Canary;

/// Returns a canary for each form of `value`.
pub(super) fn of(name: &str, value: &str) -> Vec<Canary> {
    let hex = hex::encode(value);
    let mut forms = vec![value.to_owned(), json(value), percent(value), hex.to_uppercase(), hex];
    forms.extend((0..3).flat_map(|before| base64_within(value, before)));
    forms.sort();
    forms.dedup();
    // Shorter forms would match by chance.
    let long = forms.into_iter().filter(|form| form.len() >= 8);
    long.map(|value| Canary { name: name.to_owned(), value }).collect()
}

/// Returns the part of `value` that base64 encodes the same way whatever surrounds it, in both
/// alphabets. `before` bytes precede the value.
fn base64_within(value: &str, before: usize) -> [String; 2] {
    let bytes = [vec![0; before], value.as_bytes().to_vec()].concat();
    // The first character that encodes this value alone, and the end of the last such one.
    let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)].map(|text| text[first..end].to_owned())
}

/// Returns `value` escaped as in a JSON string.
fn json(value: &str) -> String {
    let text = serde_json::to_string(value).unwrap();
    text[1..text.len() - 1].to_owned()
}

/// Returns `value` percent-encoded, as in a query or a form.
fn percent(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

#[test]
fn secret_is_found_in_every_form() {
    let values: Vec<String> = of("x", "Canary \"7c1e\"+").into_iter().map(|canary| canary.value).collect();
    for form in [
        "Canary \"7c1e\"+",
        "Canary \\\"7c1e\\\"+",
        "Canary%20%227c1e%22%2B",
        "43616e617279202237633165222b",
        "43616E617279202237633165222B",
        // Preceded by none, one and two bytes.
        "Q2FuYXJ5ICI3YzFlIi",
        "NhbmFyeSAiN2MxZSIr",
        "DYW5hcnkgIjdjMWUiK",
    ] {
        assert!(values.iter().any(|value| value == form), "{form}: {values:?}");
    }
}
