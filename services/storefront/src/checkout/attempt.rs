//! The attempt to order: its idempotency key, which makes one order at most (order-flow section 2).

use std::{fmt, str::FromStr};

use estore_base::{clock::Clock, random};
use estore_contract::{OrderId, UserId};
use uuid::Uuid;

use crate::session::{Cookie, Jar};

/// The suffix of the cookie once the order is placed.
const PLACED: &str = ".placed";

/// The idempotency key of a checkout form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(Uuid);

impl Key {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        Self(random::uuid_v7(clock))
    }

    /// Returns the key after this one. All forms with a spent key go on with the same key.
    pub(crate) fn next(self) -> Self {
        Self(Uuid::new_v5(&self.0, b"next"))
    }

    /// Returns the id of the order that the key makes for `user`.
    pub(crate) fn order_of(self, user: UserId) -> OrderId {
        OrderId::of(user, &self.to_string())
    }

    /// Returns the key under which a card that the form brings is saved.
    pub(crate) fn for_card(self) -> String {
        format!("{self}-card")
    }

    /// Returns the keys for the cards that one form brings, the first and those that replace it.
    pub(crate) fn for_cards(self) -> [String; 3] {
        [self.for_card(), format!("{self}-card-2"), format!("{self}-card-3")]
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Key {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// The attempt that a browser makes. All its tabs share it, so that two forms make one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) key: Key,
    /// True once the order of the key was taken out of the basket.
    pub(crate) is_placed: bool,
}

impl Attempt {
    /// Reads the attempt of a browser.
    pub(crate) fn open(jar: &Jar) -> Option<Self> {
        let text = jar.get(Cookie::Checkout)?;
        let key = text.strip_suffix(PLACED);
        Some(Self { key: key.unwrap_or(text).parse().ok()?, is_placed: key.is_some() })
    }

    /// Begins an attempt.
    pub(crate) fn begin(jar: &Jar, clock: &dyn Clock) -> Self {
        let attempt = Self { key: Key::new(clock), is_placed: false };
        attempt.keep(jar);
        attempt
    }

    /// Begins the attempt after one whose order was refused, or returns the one that another tab
    /// has begun or placed since.
    pub(crate) fn after(spent: Key, jar: &Jar) -> Self {
        if let Some(current) = Self::open(jar).filter(|current| current.key != spent) {
            return current;
        }
        let attempt = Self { key: spent.next(), is_placed: false };
        attempt.keep(jar);
        attempt
    }

    /// Gives the attempt to the browser.
    pub(crate) fn keep(self, jar: &Jar) {
        let suffix = if self.is_placed { PLACED } else { "" };
        jar.set(Cookie::Checkout, format!("{}{suffix}", self.key));
    }
}

#[cfg(test)]
mod tests {
    use estore_base::clock::SystemClock;

    use super::*;

    #[test]
    fn attempt_survives_its_cookie() {
        let jar = Jar::default();
        let attempt = Attempt::begin(&jar, &SystemClock);
        assert_eq!(Attempt::open(&jar.sent_back()), Some(attempt));
        let placed = Attempt { is_placed: true, ..attempt };
        placed.keep(&jar);
        assert_eq!(Attempt::open(&jar.sent_back()), Some(placed));
        for bad in ["", ".placed", "x", "x.placed"] {
            assert_eq!(Attempt::open(&Jar::of(&[(Cookie::Checkout, bad)])), None, "{bad}");
        }
    }

    #[test]
    fn tabs_with_a_spent_key_share_the_next() {
        let jar = Jar::default();
        let spent = Attempt::begin(&jar, &SystemClock);
        let (one, two) = (jar.sent_back(), jar.sent_back());
        let next = Attempt::after(spent.key, &one);
        assert_ne!(next, spent);
        assert_eq!(Attempt::after(spent.key, &two), next, "at once");
        assert_eq!(Attempt::after(spent.key, &one.sent_back()), next, "one after the other");
        let later = Attempt::after(next.key, &one.sent_back());
        let placed = Attempt { is_placed: true, ..later };
        placed.keep(&jar);
        assert_eq!(Attempt::after(spent.key, &jar.sent_back()), placed);
    }

    #[test]
    fn key_makes_one_order_for_each_user() {
        let key: Key = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".parse().unwrap();
        let user = |id| UserId(Uuid::from_u128(id));
        assert_eq!(key.order_of(user(1)), OrderId::of(user(1), "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01"));
        assert_ne!(key.order_of(user(1)), key.order_of(user(2)));
        assert_ne!(key.for_card(), key.to_string());
        assert_eq!(key.for_cards()[0], key.for_card());
    }
}
