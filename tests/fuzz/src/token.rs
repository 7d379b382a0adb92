//! Access tokens. Without the secret no token can be made, and with it none with excessive claims.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_contract::{Sensitive, SessionId, UserId, introspection::Role};
use estore_user::domain::{ACCESS_TOKEN_SECONDS, RefreshToken, TokenIssuer};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{choose, text};

const SECRET: &str = "a secret of more than thirty-two bytes";
/// The current time: 2026-11-23, noon.
const NOW: i64 = 1_795_435_200;

static ISSUER: LazyLock<TokenIssuer> = LazyLock::new(|| TokenIssuer::new(&SecretString::from(SECRET), None));

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn read(token: &str) -> Option<estore_user::domain::Claims> {
    ISSUER.read(&Sensitive::from(token), now())
}

pub(crate) fn check(data: &[u8]) {
    match choose(data, 3) {
        Some((0, bytes)) => unsigned(bytes),
        Some((1, bytes)) => signed(bytes),
        Some((_, bytes)) => changed(bytes),
        None => {}
    }
}

/// Checks that a token without a signature is rejected.
fn unsigned(bytes: &[u8]) {
    if let Some(token) = text(bytes) {
        assert!(read(token).is_none(), "{token} was forged");
    }
}

/// Checks a header and claims signed with the right key: an accepted token has the same claims as
/// ours.
fn signed(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let (Some(header), Some(claims)) = (parts.next(), parts.next()) else { return };
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else { return };
    mac.update(text.as_bytes());
    let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    let Some(accepted) = read(&token) else { return };
    let json = |part: &[u8]| serde_json::from_slice::<Value>(part).unwrap_or_default();
    let (header, claims) = (json(header), json(claims));
    let of = |json: &Value, name: &str| json.get(name).cloned().unwrap_or_default();
    assert_eq!((of(&header, "alg"), of(&header, "typ")), ("HS256".into(), "at+jwt".into()));
    assert_eq!((of(&claims, "iss"), of(&claims, "aud")), ("estore-user".into(), "estore".into()));
    let (iat, exp) = (of(&claims, "iat").as_i64(), of(&claims, "exp").as_i64());
    assert_eq!(exp, Some(accepted.exp), "{claims}");
    assert!(accepted.exp > NOW && iat.is_some_and(|iat| iat <= NOW), "{claims}");
    assert!(iat >= Some(accepted.exp - i64::from(ACCESS_TOKEN_SECONDS)), "{claims}");
    assert!(of(&claims, "nbf").as_i64().is_none_or(|nbf| nbf <= NOW), "{claims}");
}

/// Checks one of our tokens with one changed byte.
fn changed(bytes: &[u8]) {
    static OURS: LazyLock<String> = LazyLock::new(|| {
        let (user, session) = (UserId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        let refresh = RefreshToken::from(Sensitive::from("a refresh token"));
        let token = ISSUER.issue(&refresh, user, session, Role::Customer, now());
        token.map(|token| token.expose().to_owned()).unwrap_or_default()
    });
    assert!(read(&OURS).is_some(), "ours is good");
    let [high, low, other, ..] = bytes else { return };
    let mut token = OURS.clone().into_bytes();
    let at = usize::from(u16::from_be_bytes([*high, *low])) % token.len();
    if let Some(byte) = token.get_mut(at).filter(|byte| **byte != *other) {
        *byte = *other;
        unsigned(&token);
    }
}
