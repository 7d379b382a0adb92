//! Forged access tokens, some signed with the right key, at every service.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_testbed::ServiceName::{self, Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, Customer, access, shop};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// Routes that any caller with a token may read, or else an admin.
const READS: [(ServiceName, &str); 4] =
    [(User, "/me"), (Verification, "/templates"), (Inventory, "/tags"), (Payment, "/orders")];

/// The parts of a valid token.
struct Good {
    header: Value,
    claims: Value,
}

impl Good {
    fn of(token: &str) -> Self {
        let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        let mut parts = token.split('.');
        Self { header: part(parts.next().unwrap()), claims: part(parts.next().unwrap()) }
    }

    /// Returns the token with one header field and one claim changed, signed with `key`. A null
    /// value removes the field.
    fn but(&self, header: (&str, Value), claim: (&str, Value), key: &[u8]) -> String {
        let changed = |whole: &Value, (name, value): (&str, Value)| {
            let mut whole = whole.clone();
            match (name, value) {
                ("", _) => {}
                (name, Value::Null) => drop(whole.as_object_mut().unwrap().remove(name)),
                (name, value) => whole[name] = value,
            }
            URL_SAFE_NO_PAD.encode(whole.to_string())
        };
        let text = format!("{}.{}", changed(&self.header, header), changed(&self.claims, claim));
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

async fn everywhere(access: &Access, token: &str, name: &str) {
    for (service, path) in READS {
        let answer = Answer::of(access.http.get(access.url(service, path)).bearer_auth(token)).await;
        assert_eq!(
            (answer.status, &answer.value()["code"]),
            (401, &json!("invalid_token")),
            "{service}: {name}"
        );
    }
}

#[tokio::test]
async fn token_with_any_foreign_part_is_refused() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let good = Good::of(&admin.access_token);
    let key = shop().environment(User)["JWT_SECRET"].clone();
    let key = key.as_bytes();
    let same = ("", Value::Null);
    // Checks the forging itself, so that the tokens below fail for their change alone.
    for (service, path) in READS {
        let forged = good.but(same.clone(), same.clone(), key);
        let _taken =
            Answer::of(access.http.get(access.url(service, path)).bearer_auth(forged)).await.expect(200);
    }
    for alg in ["none", "None", "NONE", "HS384", "HS512", "RS256", "ES256", "EdDSA", ""] {
        everywhere(&access, &good.but(("alg", json!(alg)), same.clone(), key), alg).await;
    }
    for typ in [json!("JWT"), json!("refresh+jwt"), Value::Null] {
        everywhere(&access, &good.but(("typ", typ.clone()), same.clone(), key), &format!("typ {typ}")).await;
    }
    let now = good.claims["iat"].as_i64().unwrap();
    let claims = [
        ("exp", json!(now - 1)),
        ("exp", json!(253_402_300_799_i64)),
        ("exp", json!(now + 100_000)),
        ("exp", Value::Null),
        ("nbf", json!(now + 3600)),
        ("iat", json!(now + 3600)),
        ("iat", Value::Null),
        ("iss", json!("somebody-else")),
        ("iss", json!(["estore-user"])),
        ("iss", Value::Null),
        ("aud", json!("another-shop")),
        ("aud", Value::Null),
        ("sub", json!("0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01")),
        ("sub", json!("1")),
        ("sid", json!("0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01")),
        ("sid", Value::Null),
    ];
    for (name, value) in claims {
        everywhere(&access, &good.but(same.clone(), (name, value.clone()), key), &format!("{name} {value}"))
            .await;
    }
    for other in [&b""[..], b"secret", &key[1..]] {
        everywhere(&access, &good.but(same.clone(), same.clone(), other), "another key").await;
    }
}

#[tokio::test]
async fn altered_token_is_refused() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let token = customer.access_token.clone();
    let parts: Vec<&str> = token.split('.').collect();
    let flipped = |at: usize| {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let mut changed: Vec<String> =
        [0, parts[0].len() + 1, parts[0].len() + 20, token.len() - 20].map(flipped).into();
    changed.extend([
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{token}."),
        format!("{token}.{}", parts[2]),
        token.to_lowercase(),
    ]);
    for token in changed {
        everywhere(&access, &token, &token).await;
    }
    // A refresh token is no access token, and the reverse.
    everywhere(&access, &customer.refresh_token, "a refresh token").await;
    let refresh = json!({"refresh_token": token});
    let refused = access.post("/token/refresh", &refresh).await;
    let _refused = refused.refused(401, "invalid_token");
    // The services read the token from its header and from nowhere else.
    let url = access.url(User, "/me");
    for request in [
        access.http.get(&url).query(&[("access_token", &token)]),
        access.http.get(&url).header("Cookie", format!("access_token={token}")),
        access.http.get(&url).header("X-Access-Token", &token),
        access.http.get(&url).header("Authorization", &token),
        access.http.get(&url).bearer_auth(&token).header("Authorization", format!("Bearer {token}")),
    ] {
        let _refused = Answer::of(request).await.refused(401, "missing_token");
    }
    let _good = customer.get(User, "/me").await.expect(200);
    let long = "x".repeat(5000);
    everywhere(&access, &long, "a long one").await;
}
