//! Access tokens: JWT (RFC 7519) signed with HS256, 15 minutes. Refresh tokens: 256 random bits, opaque.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_contract::{Sensitive, SessionId, UserId, introspection::Role};
use estore_kit::random;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

/// How long an access token lives.
pub const ACCESS_TOKEN_SECONDS: u32 = 15 * 60;

const ISSUER: &str = "estore-user";
const AUDIENCE: &str = "estore";
/// RFC 9068: an access token, not any other JWT that the same key might sign.
const KIND: &str = "at+jwt";

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub sub: UserId,
    /// The login.
    pub sid: SessionId,
    jti: Uuid,
    iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// For clients to show; the services ask the database.
    role: Role,
}

/// Signs and reads access tokens.
pub struct TokenIssuer {
    sign: EncodingKey,
    check: Vec<DecodingKey>,
    /// Derives a refresh token's successor where the client names its attempt.
    derive: [u8; 32],
}

impl TokenIssuer {
    /// Signs with `current`; reads what `previous` signed too.
    #[must_use]
    pub fn new(current: &SecretString, previous: Option<&SecretString>) -> Self {
        let key = |secret: &SecretString| DecodingKey::from_secret(secret.expose_secret().as_bytes());
        let root = Sha256::new()
            .chain_update("refresh token successor")
            .chain_update(current.expose_secret())
            .finalize();
        Self {
            sign: EncodingKey::from_secret(current.expose_secret().as_bytes()),
            check: [Some(current), previous].into_iter().flatten().map(key).collect(),
            derive: root.into(),
        }
    }

    /// A new access token.
    pub fn issue(
        &self,
        user: UserId,
        session: SessionId,
        role: Role,
        now: OffsetDateTime,
    ) -> Result<Sensitive, jsonwebtoken::errors::Error> {
        let iat = now.unix_timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            jti: random::uuid_v4(),
            iat,
            exp: iat + i64::from(ACCESS_TOKEN_SECONDS),
            nbf: None,
            role,
        };
        let header = Header { typ: Some(KIND.to_owned()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &self.sign).map(Sensitive::from)
    }

    /// What `token` says, where it is one of ours and good now. Nothing is told of why it is not.
    #[must_use]
    pub fn read(&self, token: &Sensitive, now: OffsetDateTime) -> Option<Claims> {
        if decode_header(token.expose()).ok()?.typ.as_deref() != Some(KIND) {
            return None;
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The times are checked below, by the clock that we were given.
        rules.validate_exp = false;
        let claims =
            self.check.iter().find_map(|key| decode::<Claims>(token.expose(), key, &rules).ok())?.claims;
        let now = now.unix_timestamp();
        let begun = claims.iat <= now && claims.nbf.is_none_or(|nbf| nbf <= now);
        let lasting = now < claims.exp && claims.exp <= claims.iat + i64::from(ACCESS_TOKEN_SECONDS);
        (begun && lasting).then_some(claims)
    }

    /// What follows `token`: random, or, where the client names its attempt by `key`, always the same for the same key,
    /// so that a lost answer can be given again without keeping any token.
    #[must_use]
    pub fn successor(&self, token: &RefreshToken, key: Option<&str>) -> RefreshToken {
        let Some(key) = key else { return RefreshToken::random() };
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.derive) else { return RefreshToken::random() };
        mac.update(&token.hash());
        mac.update(token.0.expose().as_bytes());
        mac.update(key.as_bytes());
        RefreshToken(Sensitive::from(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
    }
}

/// A refresh token.
#[derive(Debug, Clone)]
pub struct RefreshToken(Sensitive);

impl RefreshToken {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(Sensitive::from(random::token()))
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose()).into()
    }

    /// The token, for its owner.
    #[must_use]
    pub fn into_inner(self) -> Sensitive {
        self.0
    }
}

impl From<Sensitive> for RefreshToken {
    fn from(token: Sensitive) -> Self {
        Self(token)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);
    const SECRET: &str = "a secret of more than thirty-two bytes";

    fn issuer() -> TokenIssuer {
        TokenIssuer::new(&SecretString::from(SECRET), None)
    }

    fn forged(header: Value, claims: Value) -> Sensitive {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        Sensitive::from(format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
    }

    fn good_claims() -> Value {
        let now = NOW.unix_timestamp();
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::nil(), "sid": Uuid::nil(), "jti": Uuid::nil(), "iat": now, "exp": now + 900, "role": "customer"})
    }

    #[test]
    fn a_token_is_good_until_it_ends() {
        let (user, session) = (UserId(random::uuid_v4()), SessionId(random::uuid_v4()));
        let token = issuer().issue(user, session, Role::Admin, NOW).unwrap();
        let claims = issuer().read(&token, NOW + Duration::seconds(899)).unwrap();
        assert_eq!((claims.sub, claims.sid), (user, session));
        assert_eq!(issuer().read(&token, NOW + Duration::seconds(900)), None);
        assert_eq!(issuer().read(&token, NOW - Duration::seconds(1)), None);
    }

    #[test]
    fn a_rotated_secret_still_reads_what_it_signed() {
        let token = issuer().issue(UserId(Uuid::nil()), SessionId(Uuid::nil()), Role::Customer, NOW).unwrap();
        let (new, old) =
            (SecretString::from("another secret of thirty-two bytes!!"), SecretString::from(SECRET));
        assert!(TokenIssuer::new(&new, Some(&old)).read(&token, NOW).is_some());
        assert!(TokenIssuer::new(&new, None).read(&token, NOW).is_none());
    }

    #[test]
    fn forged_headers_are_refused() {
        let read = |header: Value| issuer().read(&forged(header, good_claims()), NOW);
        assert!(read(json!({"alg": "HS256", "typ": KIND})).is_some(), "the forge itself works");
        for header in [
            json!({"alg": "none", "typ": KIND}),
            json!({"alg": "None", "typ": KIND}),
            json!({"alg": "HS384", "typ": KIND}),
            json!({"alg": "RS256", "typ": KIND}),
            json!({"alg": "HS256", "typ": "JWT"}),
            json!({"alg": "HS256"}),
        ] {
            assert_eq!(read(header.clone()), None, "{header}");
        }
    }

    #[test]
    fn forged_claims_are_refused() {
        let now = NOW.unix_timestamp();
        let changes = [
            ("exp", json!(now)),
            ("exp", json!(253_402_300_799_i64)),
            ("exp", Value::Null),
            ("iat", json!(now + 3600)),
            ("nbf", json!(now + 60)),
            ("iss", json!("else")),
            ("aud", json!("else")),
            ("sub", json!("1")),
        ];
        for (name, value) in changes {
            let mut claims = good_claims();
            claims[name] = value.clone();
            let token = forged(json!({"alg": "HS256", "typ": KIND}), claims);
            assert_eq!(issuer().read(&token, NOW), None, "{name} = {value}");
        }
        for missing in ["exp", "iss", "aud", "sub", "sid", "iat"] {
            let mut claims = good_claims();
            claims.as_object_mut().unwrap().remove(missing);
            assert_eq!(
                issuer().read(&forged(json!({"alg": "HS256", "typ": KIND}), claims), NOW),
                None,
                "without {missing}"
            );
        }
        for text in ["", "a", "a.b.c", "..", &random::token()] {
            assert_eq!(issuer().read(&Sensitive::from(text), NOW), None);
        }
    }

    #[test]
    fn a_named_attempt_has_one_successor() {
        let (issuer, token) = (issuer(), RefreshToken::random());
        let named = |key: &str| issuer.successor(&token, Some(key)).hash();
        assert_eq!(named("a"), named("a"));
        assert_ne!(named("a"), named("b"));
        assert_ne!(issuer.successor(&token, None).hash(), issuer.successor(&token, None).hash());
    }
}
