//! The Unicode forms of a password: the same letters are typed as different characters on different devices.

use estore_contract::Sensitive;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The form in which a password is hashed: NFC (as RFC 8265 has it for passwords).
pub(super) fn composed(password: &Sensitive) -> Sensitive {
    Sensitive::from(ComposingNormalizerBorrowed::new_nfc().normalize(password.expose()).into_owned())
}

/// The forms that a stored hash may be of, the likeliest first: until passwords were composed, they were hashed as typed. An ASCII
/// password has one form.
pub(super) fn all(password: &Sensitive) -> Vec<Sensitive> {
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
        // An angstrom sign is typed as neither of its forms.
        assert_eq!(forms("\u{212b}"), 3);
    }
}
