//! `SECRETS_PLAN`: which Secrets a release needs.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::PeerName;
use estore_kit::config::{ConfigError, Env};
use serde::Deserialize;

use super::values::Kind;

const EXAMPLE: &str = r#"{"secrets": {"estore-user": {"database-password": "password"}}, "authority": "estore-ca", "certificates": {}}"#;

/// The plan, as the chart writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// What each Secret that is made is labelled with.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    /// The kind of value of each key of each Secret.
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, BTreeMap<String, Kind>>,
    /// The Secret of the authority.
    pub(super) authority: Option<String>,
    /// The DNS names of each certificate, by its Secret.
    #[serde(default)]
    pub(super) certificates: BTreeMap<String, Vec<String>>,
}

impl Plan {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text: String = env.required("SECRETS_PLAN", EXAMPLE)?;
        Self::read(&text)
            .map_err(|problem| ConfigError::new("SECRETS_PLAN", format!("is wrong ({problem})"), EXAMPLE))
    }

    fn read(text: &str) -> Result<Self, String> {
        let plan: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let all = plan.secrets.keys().chain(&plan.authority).chain(plan.certificates.keys());
        let mut seen = BTreeSet::new();
        if let Some(twice) = all.into_iter().find(|name| !seen.insert(*name)) {
            return Err(format!("{twice} stands for two things"));
        }
        if let Some((name, _)) = plan.secrets.iter().find(|(_, keys)| keys.is_empty()) {
            return Err(format!("{name} has no keys"));
        }
        if plan.authority.is_none() && !plan.certificates.is_empty() {
            return Err("certificates need an authority".to_owned());
        }
        for (secret, names) in &plan.certificates {
            if names.is_empty() || !names.iter().all(|name| is_dns_name(name)) {
                return Err(format!("{secret} needs DNS names"));
            }
            // Who has a peer's name is that peer: no certificate may be two.
            if names.len() > 1 && names.iter().any(|name| PeerName::from_dns(name).is_some()) {
                return Err(format!("{secret}: the name of a peer stands alone"));
            }
        }
        Ok(plan)
    }
}

fn is_dns_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label) && name.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_with_every_part() {
        let plan = Plan::read(
            r#"{"labels": {"app.kubernetes.io/instance": "estore"},
                "secrets": {"estore-user": {"database-password": "password", "jwt-secret": "jwt-secret"},
                            "estore-payment": {"card-keys": "key-ring"}},
                "authority": "estore-ca",
                "certificates": {"estore-user-tls": ["user.estore.internal"],
                                 "estore-redis-tls": ["estore-redis", "estore-redis.shop.svc", "localhost"]}}"#,
        )
        .unwrap();
        assert_eq!(plan.secrets["estore-user"]["jwt-secret"], Kind::JwtSecret);
        assert_eq!(plan.certificates["estore-redis-tls"].len(), 3);
    }

    #[test]
    fn a_plan_that_is_wrong_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "EOF"),
            (r#"{"secret": {}}"#, "unknown field"),
            (r#"{"secrets": {"a": {"k": "passphrase"}}}"#, "unknown variant"),
            (r#"{"secrets": {"a": {}}}"#, "no keys"),
            (r#"{"secrets": {"a": {"k": "password"}}, "authority": "a"}"#, "two things"),
            (r#"{"certificates": {"a": ["a"]}}"#, "need an authority"),
            (r#"{"authority": "ca", "certificates": {"a": []}}"#, "DNS names"),
            (r#"{"authority": "ca", "certificates": {"a": ["A b"]}}"#, "DNS names"),
            (
                r#"{"authority": "ca", "certificates": {"a": ["user.estore.internal", "localhost"]}}"#,
                "stands alone",
            ),
        ] {
            let refused = Plan::read(text).unwrap_err();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
