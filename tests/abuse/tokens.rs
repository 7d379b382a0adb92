//! Access tokens that are cut, mixed up, or sent in another place. `rows_tokens.rs` has the forged
//! ones.

use estore_testbed::ServiceName::{self, Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, Customer, access};

/// Routes that any caller with a token may read at each service, or else an admin.
const READS: [(ServiceName, &str); 4] =
    [(User, "/me"), (Verification, "/templates"), (Inventory, "/tags"), (Payment, "/orders")];

async fn refused_everywhere(access: &Access, token: &str, why: &str) {
    for (service, path) in READS {
        let answer = Answer::of(access.http.get(access.url(service, path)).bearer_auth(token)).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{why} at {service}");
        assert_eq!(answer.value()["code"], "invalid_token", "{why} at {service}");
    }
}

#[tokio::test]
async fn cut_or_mixed_up_token_is_refused_everywhere() {
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
async fn token_is_read_from_its_header_alone() {
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
