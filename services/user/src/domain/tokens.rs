//! Access tokens and refresh tokens. Access tokens are JWTs (RFC 7519) signed with HS256, valid for
//! 15 minutes. Refresh tokens are 256 random bits, opaque.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_contract::{SecretToken, Sensitive, SessionId, UserId, introspection::Role};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

/// The lifetime of an access token.
pub const ACCESS_TOKEN_SECONDS: u32 = 15 * 60;

const ISSUER: &str = "estore-user";
const AUDIENCE: &str = "estore";
/// RFC 9068: marks an access token, as opposed to any other JWT that the same key might sign.
const KIND: &str = "at+jwt";

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub sub: UserId,
    pub sid: SessionId,
    jti: Uuid,
    iat: i64,
    /// The time at which the token expires, in seconds since 1970.
    pub exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// For clients to show. The services read the role from the database.
    role: Role,
}

/// The most by which the clocks of two machines may differ, in seconds.
const LEEWAY: i64 = 5;

/// Signs and reads access tokens.
pub struct TokenIssuer {
    signing: EncodingKey,
    keys: Vec<Key>,
}

/// The keys made from one secret.
struct Key {
    /// Names the key in tokens (RFC 7515, section 4.1.4), and reveals nothing about it.
    id: String,
    check: DecodingKey,
    /// Derives the successor of a refresh token.
    derive: [u8; 32],
}

impl Key {
    fn new(secret: &SecretString) -> Self {
        let secret = secret.expose_secret();
        let labelled = |label: &str| -> [u8; 32] {
            Sha256::new().chain_update(label).chain_update(secret).finalize().into()
        };
        let id: String = URL_SAFE_NO_PAD.encode(labelled("access token key id")).chars().take(8).collect();
        Self {
            id,
            check: DecodingKey::from_secret(secret.as_bytes()),
            derive: labelled("refresh token successor"),
        }
    }

    fn successor(&self, token: &RefreshToken) -> Option<RefreshToken> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.derive).ok()?;
        mac.update(&token.hash());
        mac.update(token.expose().as_bytes());
        Some(Sensitive::from(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())).into())
    }
}

impl TokenIssuer {
    /// Creates an issuer that signs with `current`, and also reads tokens that `previous` signed.
    #[must_use]
    pub fn new(current: &SecretString, previous: Option<&SecretString>) -> Self {
        Self {
            signing: EncodingKey::from_secret(current.expose_secret().as_bytes()),
            keys: [Some(current), previous].into_iter().flatten().map(Key::new).collect(),
        }
    }

    /// Issues the access token that goes with `refresh`, which was made at `since`. Always returns
    /// the same token.
    pub fn issue(
        &self,
        refresh: &RefreshToken,
        user: UserId,
        session: SessionId,
        role: Role,
        since: OffsetDateTime,
    ) -> Result<Sensitive, jsonwebtoken::errors::Error> {
        let jti = Uuid::new_v5(&Uuid::NAMESPACE_OID, &refresh.hash());
        let iat = since.unix_timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            jti,
            iat,
            exp: iat + i64::from(ACCESS_TOKEN_SECONDS),
            nbf: None,
            role,
        };
        let kid = self.keys.first().map(|key| key.id.clone());
        let header = Header { typ: Some(KIND.to_owned()), kid, ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &self.signing).map(Sensitive::from)
    }

    /// Returns the claims of `token` if it is one of ours and valid now. Never reveals why a token
    /// is not valid.
    #[must_use]
    pub fn read(&self, token: &Sensitive, now: OffsetDateTime) -> Option<Claims> {
        let header = decode_header(token.expose()).ok()?;
        let kid = header.kid.as_deref();
        let key = self.keys.iter().find(|key| kid == Some(key.id.as_str()))?;
        if header.typ.as_deref() != Some(KIND) {
            return None;
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The times are checked below, against the clock that was passed in.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token.expose(), &key.check, &rules).ok()?.claims;
        let now = now.unix_timestamp();
        let begun = claims.iat <= now + LEEWAY && claims.nbf.is_none_or(|nbf| nbf <= now + LEEWAY);
        let longest = claims.iat.checked_add(i64::from(ACCESS_TOKEN_SECONDS))?;
        let lasting = now < claims.exp && claims.exp <= longest;
        (begun && lasting).then_some(claims)
    }

    /// Returns the possible successors of `token`, the preferred one first. They are always the
    /// same, so a refresh can be answered again without storing any token. There is one successor
    /// for each secret, because another replica with another secret may have given the first
    /// answer.
    #[must_use]
    pub fn successors(&self, token: &RefreshToken) -> Vec<RefreshToken> {
        self.keys.iter().filter_map(|key| key.successor(token)).collect()
    }
}

/// A token that renews a session. Only its owner holds it.
pub type RefreshToken = SecretToken;

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

    fn refresh(text: &str) -> RefreshToken {
        RefreshToken::from(Sensitive::from(text))
    }

    fn forged(header: Value, claims: Value) -> Sensitive {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        Sensitive::from(format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
    }

    fn good_header() -> Value {
        json!({"alg": "HS256", "typ": KIND, "kid": issuer().keys[0].id})
    }

    fn good_claims() -> Value {
        let now = NOW.unix_timestamp();
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::nil(), "sid": Uuid::nil(), "jti": Uuid::nil(), "iat": now, "exp": now + 900, "role": "customer"})
    }

    #[test]
    fn token_is_valid_until_it_expires() {
        let (user, session) = (UserId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        let token = issuer().issue(&refresh("a"), user, session, Role::Admin, NOW).unwrap();
        let claims = issuer().read(&token, NOW + Duration::seconds(899)).unwrap();
        assert_eq!((claims.sub, claims.sid), (user, session));
        assert_eq!(issuer().read(&token, NOW + Duration::seconds(900)), None);
        let early = |seconds| issuer().read(&token, NOW - Duration::seconds(seconds));
        assert!(early(LEEWAY).is_some() && early(LEEWAY + 1).is_none(), "clocks differ a little");
    }

    #[test]
    fn rotated_secret_still_reads_its_tokens() {
        let (user, session) = (UserId(Uuid::nil()), SessionId(Uuid::nil()));
        let issue =
            |issuer: &TokenIssuer| issuer.issue(&refresh("a"), user, session, Role::Customer, NOW).unwrap();
        let token = issue(&issuer());
        let (new, old) =
            (SecretString::from("another secret of thirty-two bytes!!"), SecretString::from(SECRET));
        let rotated = TokenIssuer::new(&new, Some(&old));
        assert!(rotated.read(&token, NOW).is_some());
        assert!(TokenIssuer::new(&new, None).read(&token, NOW).is_none());
        let kid = |issuer: &TokenIssuer| decode_header(issue(issuer).expose()).unwrap().kid.unwrap();
        assert_ne!(kid(&rotated), kid(&issuer()), "a token names its secret");
        let [before] = &issuer().successors(&refresh("a"))[..] else { panic!() };
        let after = rotated.successors(&refresh("a"));
        assert!(after[0].hash() != before.hash() && after[1].hash() == before.hash());
    }

    #[test]
    fn forged_headers_are_refused() {
        let read = |header: Value| issuer().read(&forged(header, good_claims()), NOW);
        assert!(read(good_header()).is_some(), "the forge itself works");
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("None")),
            ("alg", json!("HS384")),
            ("alg", json!("RS256")),
            ("typ", json!("JWT")),
            ("typ", Value::Null),
            ("kid", json!("else")),
            ("kid", json!("../../dev/null")),
            ("kid", Value::Null),
        ] {
            let mut header = good_header();
            header[name] = value.clone();
            assert_eq!(read(header), None, "{name} = {value}");
        }
    }

    #[test]
    fn forged_claims_are_refused() {
        let now = NOW.unix_timestamp();
        let changes = [
            ("exp", json!(now)),
            ("exp", json!(253_402_300_799_i64)),
            ("iat", json!(i64::MAX)),
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
            let token = forged(good_header(), claims);
            assert_eq!(issuer().read(&token, NOW), None, "{name} = {value}");
        }
        for missing in ["exp", "iss", "aud", "sub", "sid", "iat"] {
            let mut claims = good_claims();
            claims.as_object_mut().unwrap().remove(missing);
            assert_eq!(issuer().read(&forged(good_header(), claims), NOW), None, "without {missing}");
        }
        for text in ["", "a", "a.b.c", "..", &"A".repeat(43)] {
            assert_eq!(issuer().read(&Sensitive::from(text), NOW), None);
        }
    }

    #[test]
    fn refresh_token_has_one_successor_and_pair() {
        let (issuer, token) = (issuer(), refresh("a"));
        let follows = |token| issuer.successors(token)[0].hash();
        assert_eq!(follows(&token), follows(&token));
        assert_ne!(follows(&token), follows(&refresh("b")));
        let (user, session) = (UserId(Uuid::nil()), SessionId(Uuid::nil()));
        let access = |refresh| issuer.issue(refresh, user, session, Role::Customer, NOW).unwrap();
        assert!(access(&token) == access(&token) && access(&token) != access(&refresh("b")));
    }
}
