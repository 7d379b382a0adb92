//! The token in each form, by which a form of ours is known.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use estore_base::{random, seal::KeyRing};
use estore_contract::Sensitive;
use sha2::{Digest, Sha256};

use super::{Cookie, Jar};

/// The name of the hidden field.
pub(crate) const FIELD: &str = "form_token";
const LABEL: &str = "form";

/// The token of a visitor's forms. It is a keyed fingerprint of the visitor's cookie, so no other
/// site knows it. Each page shows it masked by random bytes, so that the length of a compressed
/// page says nothing of it.
#[derive(Debug, Clone)]
pub(crate) struct FormToken(Sensitive);

impl FormToken {
    /// Returns the token of a visitor. Gives the visitor a cookie if there is none.
    pub(crate) fn of(jar: &Jar, keys: &KeyRing) -> Self {
        let own = jar.get(Cookie::Form).filter(|value| is_good(value)).map(ToOwned::to_owned);
        let own = own.unwrap_or_else(|| Self::renew(jar));
        let masked = print(keys, None, &own).map(|(id, print)| masked(&id, &print));
        Self(masked.unwrap_or_default().into())
    }

    /// Gives the visitor a new cookie, as a login does.
    pub(crate) fn renew(jar: &Jar) -> String {
        let own = URL_SAFE_NO_PAD.encode(random::bytes::<16>());
        jar.set(Cookie::Form, own.clone());
        own
    }

    /// Returns true if `sent` is the token of this visitor.
    pub(crate) fn is_right(jar: &Jar, keys: &KeyRing, sent: &str) -> bool {
        let own = jar.get(Cookie::Form).filter(|value| is_good(value));
        let Some((own, (id, sent))) = own.zip(unmasked(sent)) else { return false };
        // Hashes are compared, so that the time says nothing of the token.
        print(keys, Some(id), own).is_some_and(|(_, right)| Sha256::digest(right) == Sha256::digest(sent))
    }

    /// Returns the token, for a form.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Returns the id of a key, and the fingerprint of a visitor's cookie under it.
fn print(keys: &KeyRing, id: Option<&str>, own: &str) -> Option<(String, Vec<u8>)> {
    let (id, print) = keys.fingerprint(id, LABEL, own.as_bytes())?;
    Some((id, STANDARD.decode(print).ok()?))
}

fn masked(id: &str, print: &[u8]) -> String {
    let mask = random::bytes::<32>();
    let (mask, print) = (URL_SAFE_NO_PAD.encode(mask), URL_SAFE_NO_PAD.encode(xor(&mask, print)));
    format!("{id}.{mask}.{print}")
}

/// Reads the id and the fingerprint of a token that a form sent.
fn unmasked(sent: &str) -> Option<(&str, Vec<u8>)> {
    let (id, rest) = sent.split_once('.')?;
    let Some((mask, print)) = rest.split_once('.') else {
        // A page of the release before shows the fingerprint as it is.
        return Some((id, STANDARD.decode(rest).ok()?));
    };
    let (mask, print) = (URL_SAFE_NO_PAD.decode(mask).ok()?, URL_SAFE_NO_PAD.decode(print).ok()?);
    (mask.len() == print.len()).then(|| (id, xor(&mask, &print)))
}

fn xor(mask: &[u8], bytes: &[u8]) -> Vec<u8> {
    mask.iter().zip(bytes).map(|(mask, byte)| mask ^ byte).collect()
}

fn is_good(value: &str) -> bool {
    value.len() == 22
}

#[cfg(test)]
mod tests {
    use crate::session::tests::keys;

    use super::*;

    #[test]
    fn form_token_is_right_for_its_visitor_only() {
        let (keys, jar) = (keys(), Jar::default());
        let token = FormToken::of(&jar, &keys);
        let back = jar.sent_back();
        assert!(FormToken::is_right(&back, &keys, token.expose()));
        let again = FormToken::of(&back, &keys);
        assert!(FormToken::is_right(&back, &keys, again.expose()));
        assert_ne!(again.expose(), token.expose(), "each page has its own mask");
        let other = Jar::default();
        FormToken::of(&other, &keys);
        assert!(!FormToken::is_right(&other.sent_back(), &keys, token.expose()));
        for wrong in ["", ".", "k1.", "k1..", "k1.AA.AAAA", "k2.AAAA", &token.expose()[..20]] {
            assert!(!FormToken::is_right(&back, &keys, wrong), "{wrong}");
        }
        assert!(!FormToken::is_right(&Jar::of(&[]), &keys, token.expose()));
    }

    #[test]
    fn form_of_the_release_before_is_accepted() {
        let (keys, jar) = (keys(), Jar::default());
        FormToken::of(&jar, &keys);
        let back = jar.sent_back();
        let own = back.get(Cookie::Form).unwrap();
        let (id, print) = keys.fingerprint(None, LABEL, own.as_bytes()).unwrap();
        assert!(FormToken::is_right(&back, &keys, &format!("{id}.{print}")));
    }

    #[test]
    fn form_token_changes_with_a_login() {
        let (keys, jar) = (keys(), Jar::default());
        let token = FormToken::of(&jar, &keys);
        let back = jar.sent_back();
        FormToken::renew(&back);
        assert!(!FormToken::is_right(&back.sent_back(), &keys, token.expose()));
    }
}
