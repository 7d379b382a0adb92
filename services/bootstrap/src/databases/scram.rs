//! SCRAM-SHA-256 (RFC 5802, 7677): the verifier that Postgres stores instead of a password.

use base64::{Engine, engine::general_purpose::STANDARD};
use estore_base::random;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The iteration count that Postgres itself uses.
const ROUNDS: u32 = 4096;

/// Creates a verifier of an ASCII `password`, in the form of `ALTER ROLE … PASSWORD`.
pub(super) fn verifier(password: &SecretString) -> String {
    verifier_with(password.expose_secret().as_bytes(), &random::bytes::<16>())
}

fn verifier_with(password: &[u8], salt: &[u8]) -> String {
    let salted = salted(password, salt);
    let stored = Sha256::digest(sign(&salted, b"Client Key"));
    let server = sign(&salted, b"Server Key");
    let text = |bytes: &[u8]| STANDARD.encode(bytes);
    format!("SCRAM-SHA-256${ROUNDS}:{}${}:{}", text(salt), text(&stored), text(&server))
}

/// `Hi` of RFC 5802: PBKDF2 with one block.
fn salted(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let mut last = sign(password, &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = last;
    for _ in 1..ROUNDS {
        last = sign(password, &last);
        for (sum, byte) in sum.iter_mut().zip(last) {
            *sum ^= byte;
        }
    }
    sum
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn sign(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifier_matches_the_rfc_7677_example() {
        // The example of the RFC: user, pencil, this salt; and from it the proof and the signature
        // of the server.
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let salted = salted(b"pencil", &salt);
        let message = b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let server = sign(&sign(&salted, b"Server Key"), message);
        assert_eq!(STANDARD.encode(server), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        let verifier = verifier_with(b"pencil", &salt);
        assert!(verifier.starts_with("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"));
    }
}
