//! Card numbers, their codes, and new passwords. An accepted value has its form, and no value is
//! ever printed.

use std::fmt::Debug;

use estore_contract::{
    Sensitive,
    card::{CardNumber, Cvc},
};
use estore_user::domain::NewPassword;
use serde::de::DeserializeOwned;

use crate::text;

pub(crate) fn check(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Some(number) = read::<CardNumber>(text) {
        assert!((12..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(text.ends_with(number.last4()) && number.last4().len() == 4);
        let _known = (number.brand(), number.passes_luhn());
    }
    if read::<Cvc>(text).is_some() {
        assert!((3..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()));
    }
    match NewPassword::new(&Sensitive::from(text), "password") {
        Ok(password) => {
            prints_nothing(&format!("{password:?}"));
            let composed = password.into_inner();
            assert!((8..=128).contains(&composed.expose().chars().count()) && !text.contains('\0'));
            let again = NewPassword::new(&composed, "password").map(NewPassword::into_inner);
            assert_eq!(again.ok(), Some(composed), "one form");
        }
        Err(refusal) => prints_nothing(&refusal.message),
    }
}

fn read<T: DeserializeOwned + Debug>(text: &str) -> Option<T> {
    let read = serde_json::from_value::<T>(text.into());
    match &read {
        Ok(value) => prints_nothing(&format!("{value:?}")),
        Err(refusal) => prints_nothing(&refusal.to_string()),
    }
    read.ok()
}

/// All texts that are ever printed for them: none contains the input.
const SAID: [&str; 8] = [
    "CardNumber([redacted])",
    "Cvc([redacted])",
    "NewPassword([redacted])",
    "must have 12 to 19 digits",
    "must have 3 to 4 digits",
    "must have 8 to 128 characters",
    "must not contain NUL",
    "must not be one of the most common passwords",
];

fn prints_nothing(said: &str) {
    assert!(SAID.contains(&said), "{said}");
}
