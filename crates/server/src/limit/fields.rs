//! The header fields `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10),
//! which report a client's quota.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::rules::Rule;
use std::time::Duration;

/// The room left in a bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) rule: Rule,
    pub(super) room: Duration,
}

impl Standing {
    /// Returns `"login-account";r=9;t=30`: the requests left, and the seconds until the bucket is
    /// full again.
    fn left(&self) -> String {
        let policy = self.rule.policy;
        let full_in = policy.window().saturating_sub(self.room);
        format!("\"{}\";r={};t={}", self.rule.name, policy.cells(self.room), seconds(full_in))
    }

    /// Returns `"login-account";q=10;w=300`: the requests allowed, and the seconds of the window.
    fn policy(&self) -> String {
        let policy = self.rule.policy;
        format!("\"{}\";q={};w={}", self.rule.name, policy.burst(), seconds(policy.window()))
    }
}

/// Rounds up to whole seconds, so that a client that waits so long has waited enough.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Sets the fields, unless nothing was counted.
pub(super) fn tell(standings: &[Standing], headers: &mut HeaderMap) {
    let mut set = |name: &'static str, items: Vec<String>| {
        if let Ok(value) = HeaderValue::try_from(items.join(", ")) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    if !standings.is_empty() {
        set("ratelimit", standings.iter().map(Standing::left).collect());
        set("ratelimit-policy", standings.iter().map(Standing::policy).collect());
    }
}

#[cfg(test)]
mod tests {
    use estore_base::config::Env;

    use super::*;
    use crate::limit::{Class, Scope, rules::Rules};

    #[test]
    fn fields_list_quoted_names_with_whole_seconds() {
        let rules = Rules::from_env(&Env::from_iter([("LIMIT_LOGIN_ADDRESS", "60/3per1")])).unwrap();
        let standing = |scope, room| Standing { rule: rules.find(Class::Login, scope).unwrap(), room };
        let standings = [
            standing(Scope::Address, Duration::from_millis(19_001)),
            standing(Scope::Account, Duration::from_secs(29)),
        ];
        let mut headers = HeaderMap::new();
        tell(&standings, &mut headers);
        assert_eq!(headers["ratelimit"], "\"login-address\";r=57;t=1, \"login-account\";r=0;t=271");
        assert_eq!(headers["ratelimit-policy"], "\"login-address\";q=60;w=20, \"login-account\";q=10;w=300");
        let mut headers = HeaderMap::new();
        tell(&[], &mut headers);
        assert!(headers.is_empty());
    }
}
