//! Access tokens that are none: forged without the secret, cut, mixed up, or sent in another way.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_stage::ServiceName::{self, Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, Customer, access};
use serde_json::{Value, json};

/// What anybody with a token may read at each service; at one an admin.
const READS: [(ServiceName, &str); 4] =
    [(User, "/me"), (Verification, "/templates"), (Inventory, "/tags"), (Payment, "/orders")];

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn read(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

async fn refused_everywhere(access: &Access, token: &str, why: &str) {
    for (service, path) in READS {
        let answer = Answer::of(access.http.get(access.url(service, path)).bearer_auth(token)).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{why} at {service}");
        assert_eq!(answer.value()["code"], "invalid_token", "{why} at {service}");
    }
}

#[tokio::test]
async fn a_token_with_another_algorithm_or_none_is_refused_everywhere() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let [header, claims, signature] = admin.access_token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    for algorithm in ["none", "None", "nOnE", "RS256", "HS384", "HS512", "ES256", ""] {
        let mut other = read(header);
        other["alg"] = json!(algorithm);
        for signature in ["", signature] {
            let token = format!("{}.{claims}.{signature}", part(&other));
            refused_everywhere(&access, &token, &format!("alg {algorithm:?}")).await;
        }
    }
}

#[tokio::test]
async fn a_token_whose_claims_were_changed_is_refused_everywhere() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let [header, claims, signature] = customer.access_token.split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let changes = [
        ("role", json!("admin")),
        ("exp", json!(253_402_300_799_i64)),
        ("sub", json!("0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01")),
        ("iss", json!("else")),
        ("aud", json!(["estore", "else"])),
        ("jti", json!(null)),
    ];
    for (name, value) in changes {
        let mut other = read(claims);
        other[name] = value;
        refused_everywhere(&access, &format!("{header}.{}.{signature}", part(&other)), name).await;
    }
}

#[tokio::test]
async fn a_token_that_was_cut_or_is_of_another_kind_is_refused_everywhere() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let token = &customer.access_token;
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let mut flipped = token.clone().into_bytes();
    let last = flipped.len() - 2;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    let cases = [
        ("cut", token[..token.len() - 1].to_owned()),
        ("one letter more", format!("{token}A")),
        ("another signature", String::from_utf8(flipped).unwrap()),
        ("no signature", format!("{header}.{claims}")),
        ("four parts", format!("{token}.{signature}")),
        ("a refresh token", customer.refresh_token.clone()),
        ("random", "A".repeat(43)),
        ("long", "A".repeat(8_000)),
        ("twice", format!("{token},{token}")),
    ];
    for (why, token) in cases {
        refused_everywhere(&access, &token, why).await;
    }
}

#[tokio::test]
async fn a_token_is_taken_from_its_header_alone() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let token = &customer.access_token;
    let ask = |path: &str| access.http.get(access.url(User, path));
    for request in [
        ask(&format!("/me?access_token={token}")),
        ask("/me").header("Cookie", format!("access_token={token}")),
        ask("/me").header("Authorization", token),
        ask("/me").header("Authorization", format!("Basic {token}")),
        ask("/me").header("X-Authorization", format!("Bearer {token}")),
        ask("/me").bearer_auth(token).bearer_auth(token),
    ] {
        let _refused = Answer::of(request).await.refused(401, "missing_token");
    }
    let _good = Answer::of(ask("/me").header("Authorization", format!("bearer {token}"))).await.expect(200);
}
