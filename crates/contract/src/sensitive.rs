//! Text that must not be printed.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroize;

/// A password, card number, card code or token on the wire. It serializes as plain text, because
/// clients must be able to send it. It is wiped when dropped, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Sensitive(String);

impl Sensitive {
    /// Returns the text. This is the only access to it, so that a search for `expose` finds every
    /// use.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Sensitive {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Sensitive {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Drop for Sensitive {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Debug, fs, path::Path};

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use crate::{introspection, payment, user, verification};

    /// Long enough for a password, and all digits, so that it is also a card number.
    const SECRET: &str = "4716059284713367";
    const CVC: &str = "7391";

    fn printed<T: DeserializeOwned + Debug>(of: Value) -> (String, String) {
        let name = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default().to_owned();
        (name, format!("{:?}", serde_json::from_value::<T>(of).unwrap()))
    }

    /// Returns the debug output of every wire type that holds a secret.
    fn all() -> Vec<(String, String)> {
        let email = "ada@example.com";
        let id = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";
        let details = json!({"card_number": SECRET, "expiry_month": 12, "expiry_year": 2029, "cvc": CVC});
        vec![
            printed::<user::RegisterRequest>(json!({"email": email, "password": SECRET, "name": "Ada"})),
            printed::<user::VerifyEmailRequest>(json!({ "token": SECRET })),
            printed::<user::LoginRequest>(json!({"email": email, "password": SECRET})),
            printed::<user::RefreshRequest>(json!({ "refresh_token": SECRET })),
            printed::<user::Tokens>(
                json!({"access_token": SECRET, "refresh_token": SECRET, "token_type": "Bearer", "expires_in": 900}),
            ),
            printed::<user::ResetPasswordRequest>(json!({"token": SECRET, "new_password": SECRET})),
            printed::<user::ChangePasswordRequest>(
                json!({"current_password": SECRET, "new_password": SECRET}),
            ),
            printed::<user::ChangeEmailRequest>(json!({"password": SECRET, "new_email": email})),
            printed::<user::CloseAccountRequest>(json!({ "password": SECRET })),
            printed::<user::AdminRequest>(json!({"email": email, "password": SECRET})),
            printed::<verification::RedeemRequest>(
                json!({"token": SECRET, "purpose": "email", "redemption_id": id}),
            ),
            printed::<verification::VerifyRequest>(json!({ "token": SECRET })),
            printed::<introspection::IntrospectRequest>(json!({ "token": SECRET })),
            printed::<payment::CardDetails>(details.clone()),
            printed::<payment::PaymentMethodRequest>(json!({"payment_type": "Card", "details": details})),
        ]
    }

    #[test]
    fn no_type_prints_its_secret() {
        for (name, text) in all() {
            assert!(!text.contains(SECRET) && !text.contains(CVC), "{name}: {text}");
            assert!(text.contains("[redacted]"), "{name}: {text}");
        }
    }

    /// Returns the names of the structs in our sources that have a field of such a type.
    fn with_secrets() -> BTreeSet<String> {
        let mut paths = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut found = BTreeSet::new();
        while let Some(path) = paths.pop() {
            if path.is_dir() {
                paths.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            let mut name = String::new();
            for line in text.lines() {
                if let Some(rest) = line.strip_prefix("pub struct ") {
                    name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
                }
                let field = line.trim_start().strip_prefix("pub ").and_then(|field| field.split_once(": "));
                if field.is_some_and(|(_, kind)| {
                    ["Sensitive", "CardNumber", "Cvc"].iter().any(|secret| kind.contains(secret))
                }) {
                    found.insert(name.clone());
                }
            }
        }
        found
    }

    #[test]
    fn every_type_with_a_secret_is_covered() {
        let named: BTreeSet<String> = all().into_iter().map(|(name, _)| name).collect();
        let found = with_secrets();
        assert!(found.len() >= 10, "{found:?}");
        assert!(found.is_subset(&named), "{:?} may print its secret", found.difference(&named));
    }
}
