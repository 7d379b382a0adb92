//! The fields `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), which say where a client stands.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::rules::Rule;
use std::time::Duration;

/// What a bucket has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) rule: Rule,
    pub(super) room: Duration,
}

impl Standing {
    /// `"login-account";r=9;t=30`: how many more now, and in how many seconds it is full again.
    fn left(&self) -> String {
        let policy = self.rule.policy;
        let full_in = policy.window().saturating_sub(self.room);
        format!("\"{}\";r={};t={}", self.rule.name, policy.cells(self.room), seconds(full_in))
    }

    /// `"login-account";q=10;w=300`: how many in how many seconds.
    fn policy(&self) -> String {
        let policy = self.rule.policy;
        format!("\"{}\";q={};w={}", self.rule.name, policy.burst(), seconds(policy.window()))
    }
}

/// Whole seconds, rounded up: whoever waits so long has waited enough.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Says where the client stands; nothing, where nothing was counted.
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
    use super::*;
    use crate::{
        config::Env,
        limit::{Class, Scope, rules::Rules},
    };

    #[test]
    fn the_fields_are_lists_of_quoted_names_with_whole_seconds() {
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
