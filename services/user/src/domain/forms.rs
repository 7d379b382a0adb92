//! The Unicode forms of a password: different devices type the same letters as different
//! characters.

use estore_contract::Sensitive;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Returns the form in which a password is hashed: NFC, as RFC 8265 prescribes for passwords.
pub(crate) fn composed(password: &Sensitive) -> Sensitive {
    Sensitive::from(ComposingNormalizerBorrowed::new_nfc().normalize(password.expose()).into_owned())
}

/// Returns the forms that a stored hash may be of, the likeliest first. Before passwords were
/// composed, they were hashed as typed. An ASCII password has one form.
pub(crate) fn all(password: &Sensitive) -> Vec<Sensitive> {
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(password.expose()).into_owned();
    let mut forms = vec![composed(password)];
    for form in [password.clone(), Sensitive::from(decomposed)] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_has_each_form_once() {
        let forms = |text: &str| all(&Sensitive::from(text)).len();
        assert_eq!((forms("plain"), forms("caf\u{e9}"), forms("cafe\u{301}")), (1, 2, 2));
        // An angstrom sign (U+212B) is neither its composed nor its decomposed form.
        assert_eq!(forms("\u{212b}"), 3);
    }
}
