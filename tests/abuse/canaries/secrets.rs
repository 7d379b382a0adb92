//! The secrets of a shop and of its customers.

use std::collections::BTreeMap;

use estore_testbed::{ServiceName, Shop};
use estore_tests::{Answer, Canary};

use super::forms;

/// A card number that no other test uses.
pub(super) const CARD: &str = "4716059284713367";
/// The card's security code. It is too short to search for alone.
pub(super) const CVC: &str = "7391";
/// A password with characters that need escaping.
pub(super) const PASSWORD: &str = "Canary \"p\u{e4}ss\" +/%&= 7c1e";
/// A mistyped password.
pub(super) const OTHER_PASSWORD: &str = "Canary-m1styped-9b4d";

/// The secrets that no output may contain.
#[derive(Default)]
pub(super) struct Secrets {
    canaries: Vec<Canary>,
    /// Tokens that may appear in their emails and nowhere else.
    mailed: Vec<Canary>,
}

impl Secrets {
    /// Collects the secrets that are known from the start: those of the customers and of the shop.
    pub(super) fn of(shop: &Shop) -> Self {
        let mut secrets = Self::default();
        secrets.add("card number", CARD);
        secrets.add("password", PASSWORD);
        secrets.add("mistyped password", OTHER_PASSWORD);
        secrets.add("admin's password", estore_tests::ADMIN.1);
        let setting = |service, name: &str| shop.environment(service)[name].clone();
        secrets.add("JWT_SECRET", &setting(ServiceName::User, "JWT_SECRET"));
        secrets.add("REDIS_PASSWORD", &setting(ServiceName::Payment, "REDIS_PASSWORD"));
        secrets.add("card key", setting(ServiceName::Payment, "CARD_KEYS").trim_start_matches("k1:"));
        let url = setting(ServiceName::User, "DATABASE_URL");
        let password = url.split("estore:").nth(1).and_then(|rest| rest.split('@').next()).unwrap();
        secrets.add("database password", &password.replace("%2F", "/").replace("%2B", "+"));
        // The code, as part of a larger text and as a value of its own in Redis's file.
        for form in [
            "\"cvc\":\"7391",
            "\"cvc\": \"7391",
            "cvc\\\":\\\"7391",
            "cvc=7391",
            "cvc%22%3A%227391",
            "$4\r\n7391\r\n",
        ] {
            secrets.canaries.push(Canary { name: "code of a card".to_owned(), value: form.to_owned() });
        }
        secrets
    }

    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.canaries.extend(forms::of(name, value));
    }

    /// Adds the tokens of an answer.
    pub(super) fn tokens(&mut self, answer: &Answer) {
        for name in ["access_token", "refresh_token"] {
            self.add(name, answer.value()[name].as_str().unwrap());
        }
    }

    /// Adds a token that was emailed.
    pub(super) fn mail(&mut self, token: &str) {
        self.mailed.extend(forms::of("mail token", token));
    }

    /// Returns the canaries that `file` must not contain.
    pub(super) fn forbidden_in(&self, file: &str) -> Vec<Canary> {
        let mailed: &[Canary] = if file == "mails.json" { &[] } else { &self.mailed };
        let mut all: BTreeMap<&str, &Canary> = BTreeMap::new();
        all.extend(self.canaries.iter().chain(mailed).map(|canary| (canary.value.as_str(), canary)));
        all.into_values().cloned().collect()
    }
}
