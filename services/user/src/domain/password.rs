//! The rule for new passwords (after NIST SP 800-63B, section 5.1.1.2): long enough, not too long,
//! not a common one. There is no rule about kinds of characters.

use std::{collections::HashSet, sync::LazyLock};

use estore_contract::{FieldError, Sensitive};

use super::forms;

/// The 10,000 commonest passwords of 8 characters or more, from zxcvbn's frequency lists (MIT
/// licence).
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A password that may be set.
#[derive(Debug, Clone)]
pub struct NewPassword(Sensitive);

impl NewPassword {
    /// Checks `password`, the content of `field`, in its composed form. Does not trim it.
    pub fn new(password: &Sensitive, field: &str) -> Result<Self, FieldError> {
        let password = forms::composed(password);
        let text = password.expose();
        if !(8..=128).contains(&text.chars().count()) {
            Err(FieldError::new(field, "must have 8 to 128 characters"))
        } else if text.contains('\0') {
            Err(FieldError::new(field, "must not contain NUL"))
        } else if COMMON.contains(text.to_lowercase().as_str()) {
            Err(FieldError::new(field, "must not be one of the most common passwords"))
        } else {
            Ok(Self(password))
        }
    }

    /// Returns the password, to be hashed.
    #[must_use]
    pub fn into_inner(self) -> Sensitive {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_and_common_ones_are_refused() {
        let ok = |text: &str| NewPassword::new(&Sensitive::from(text), "password").is_ok();
        assert!(!ok("1234567") && !ok("password") && !ok("PassWord1") && !ok("longenough\0"));
        assert!(ok("correct-horse-battery-staple") && ok(&"é".repeat(8)) && ok("        "));
        assert!(ok(&"🦀".repeat(128)) && !ok(&"🦀".repeat(129)));
        assert!(ok(&"e\u{301}".repeat(128)) && !ok(&"e\u{301}".repeat(7)), "counted as composed");
    }
}
