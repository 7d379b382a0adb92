//! The state that a browser keeps, in cookies: the session, the basket, and messages for the next
//! page.

mod basket;
mod flash;
mod form_token;
mod jar;
mod refresh;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_base::seal::KeyRing;
use estore_contract::{Sensitive, SessionId, UserId, introspection::Role, user::Tokens};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub(crate) use basket::{Basket, Line};
pub(crate) use flash::Flash;
pub(crate) use form_token::{FIELD as FORM_TOKEN, FormToken};
pub(crate) use jar::{Cookie, Jar};
pub(crate) use refresh::{RefreshError, Refresher};

/// The purpose to which an encrypted session is bound.
const SEAL: [&str; 1] = ["session"];
/// The time before its end at which an access token counts as expired, in seconds. It covers the
/// calls of a request that begins in time.
const MARGIN: i64 = 30;

/// A login of a browser. Pages never contain its tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    #[serde(rename = "a")]
    pub(crate) access: Sensitive,
    #[serde(rename = "r")]
    pub(crate) refresh: Sensitive,
    /// The end of the access token, in seconds since 1970.
    #[serde(rename = "e")]
    expires_at: i64,
    #[serde(rename = "u")]
    pub(crate) user: UserId,
    #[serde(rename = "s")]
    pub(crate) id: SessionId,
    /// The role decides which links a page shows. The services decide what the caller may do.
    #[serde(rename = "o")]
    pub(crate) role: Role,
}

/// The parts of an access token that pages use.
#[derive(Deserialize)]
struct Claims {
    sub: UserId,
    sid: SessionId,
    role: Role,
}

impl Session {
    /// Reads the session of tokens that the User Service just issued. Returns `None` if the access
    /// token is not as its documents say. The signature is not verified: the tokens come from the
    /// service itself.
    pub(crate) fn of(tokens: Tokens, now: OffsetDateTime) -> Option<Self> {
        let payload = tokens.access_token.expose().split('.').nth(1)?;
        let Claims { sub, sid, role } =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let expires_at = now.unix_timestamp() + i64::from(tokens.expires_in);
        let Tokens { access_token: access, refresh_token: refresh, .. } = tokens;
        Some(Self { access, refresh, expires_at, user: sub, id: sid, role })
    }

    /// Reads the session of a browser.
    pub(crate) fn open(jar: &Jar, keys: &KeyRing) -> Option<Self> {
        serde_json::from_slice(&keys.open(&SEAL, jar.get(Cookie::Session)?).ok()?).ok()
    }

    /// Gives the session to the browser.
    pub(crate) fn keep(&self, jar: &Jar, keys: &KeyRing) {
        let text = serde_json::to_vec(self).ok();
        if let Some(sealed) = text.and_then(|text| keys.seal(&SEAL, &text)) {
            jar.set(Cookie::Session, sealed);
        }
    }

    /// Returns true if the access token has ended, or ends soon.
    pub(crate) fn is_expired(&self, now: OffsetDateTime) -> bool {
        now.unix_timestamp() + MARGIN >= self.expires_at
    }

    /// Returns true for the session of an admin.
    pub(crate) fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use secrecy::SecretString;
    use time::Duration;

    use super::*;

    pub(crate) fn keys() -> KeyRing {
        let text = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        KeyRing::parse("SESSION_KEYS", &SecretString::from(text)).unwrap()
    }

    fn tokens(payload: &str) -> Tokens {
        Tokens {
            access_token: format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)).into(),
            refresh_token: "refresh".into(),
            token_type: "Bearer".to_owned(),
            expires_in: 900,
        }
    }

    const PAYLOAD: &str = r#"{"sub": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "sid": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a02", "role": "admin", "exp": 1}"#;

    #[test]
    fn session_survives_its_cookie_and_nothing_else() {
        let (keys, now) = (keys(), OffsetDateTime::UNIX_EPOCH);
        let session = Session::of(tokens(PAYLOAD), now).unwrap();
        let jar = Jar::default();
        session.keep(&jar, &keys);
        let sent = jar.sent_back();
        let opened = Session::open(&sent, &keys).unwrap();
        assert_eq!((opened.access.expose(), opened.refresh.expose()), (session.access.expose(), "refresh"));
        assert!(opened.is_admin() && !format!("{opened:?}").contains("refresh\""));
        let value = sent.get(Cookie::Session).unwrap();
        let middle = value.len() / 2;
        let other = if &value[middle..=middle] == "A" { "B" } else { "A" };
        for wrong in
            [&value[1..], "", "k1.AAAA.AAAA", &format!("{}{other}{}", &value[..middle], &value[middle + 1..])]
        {
            assert!(Session::open(&Jar::of(&[(Cookie::Session, wrong)]), &keys).is_none(), "{wrong}");
        }
        // An encrypted basket is no session.
        let basket = keys.seal(&["basket"], &serde_json::to_vec(&session).unwrap()).unwrap();
        assert!(Session::open(&Jar::of(&[(Cookie::Session, &basket)]), &keys).is_none());
    }

    #[test]
    fn appended_key_opens_new_sessions() {
        let old = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let new = "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let ring = |text: &str| KeyRing::parse("SESSION_KEYS", &SecretString::from(text)).unwrap();
        let jar = Jar::default();
        let session = Session::of(tokens(PAYLOAD), OffsetDateTime::UNIX_EPOCH).unwrap();
        session.keep(&jar, &ring(&format!("{new},{old}")));
        assert!(Session::open(&jar.sent_back(), &ring(&format!("{old},{new}"))).is_some());
        assert!(Session::open(&jar.sent_back(), &ring(old)).is_none(), "a replica without the new key");
    }

    #[test]
    fn access_token_expires_half_a_minute_early() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let session = Session::of(tokens(PAYLOAD), now).unwrap();
        assert!(!session.is_expired(now + Duration::seconds(869)));
        assert!(session.is_expired(now + Duration::seconds(870)));
    }

    #[test]
    fn token_without_claims_is_no_session() {
        for payload in ["", "{}", r#"{"sub": "x"}"#] {
            assert!(Session::of(tokens(payload), OffsetDateTime::UNIX_EPOCH).is_none(), "{payload}");
        }
    }
}
