//! The token in each form, by which a form of ours is known.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_base::{random, seal::KeyRing};
use estore_contract::Sensitive;

use super::{Cookie, Jar};

/// The name of the hidden field.
pub(crate) const FIELD: &str = "form_token";
const LABEL: &str = "form";

/// The token of a visitor's forms. It is a keyed fingerprint of the visitor's cookie, so no other
/// site knows it.
#[derive(Debug, Clone)]
pub(crate) struct FormToken(Sensitive);

impl FormToken {
    /// Returns the token of a visitor. Gives the visitor a cookie if there is none.
    pub(crate) fn of(jar: &Jar, keys: &KeyRing) -> Self {
        let own = jar.get(Cookie::Form).filter(|value| is_good(value)).map(ToOwned::to_owned);
        let own = own.unwrap_or_else(|| Self::renew(jar));
        Self(text(keys, None, &own).unwrap_or_default().into())
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
        let id = sent.split_once('.').map(|(id, _)| id);
        let right = own.zip(id).and_then(|(own, id)| text(keys, Some(id), own));
        // Hashes are compared, so that the time says nothing of the token.
        let hash = |text: &str| estore_contract::SecretToken::from(Sensitive::from(text)).hash();
        right.is_some_and(|right| hash(&right) == hash(sent))
    }

    /// Returns the token, for a form.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

fn text(keys: &KeyRing, id: Option<&str>, own: &str) -> Option<String> {
    keys.fingerprint(id, LABEL, own.as_bytes()).map(|(id, print)| format!("{id}.{print}"))
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
        assert_eq!(FormToken::of(&back, &keys).expose(), token.expose());
        let other = Jar::default();
        FormToken::of(&other, &keys);
        assert!(!FormToken::is_right(&other.sent_back(), &keys, token.expose()));
        for wrong in ["", ".", "k1.", "k2.AAAA", &token.expose()[..20]] {
            assert!(!FormToken::is_right(&back, &keys, wrong), "{wrong}");
        }
        assert!(!FormToken::is_right(&Jar::of(&[]), &keys, token.expose()));
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
