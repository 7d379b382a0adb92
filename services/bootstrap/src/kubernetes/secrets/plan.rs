//! Reads `SECRETS_PLAN`: the Secrets that a release needs.

use std::collections::{BTreeMap, BTreeSet};

use estore_base::config::{ConfigError, Env};
use estore_contract::PeerName;
use serde::Deserialize;

use super::values::Kind;
use crate::config::SECRETS_PLAN;

/// The plan, as the chart writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// The labels of each created Secret.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    /// The kind of value of each key of each Secret.
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, BTreeMap<String, Kind>>,
    /// The Secret of the CA.
    pub(super) authority: Option<String>,
    /// The DNS names of each certificate, by its Secret.
    #[serde(default)]
    pub(super) certificates: BTreeMap<String, Vec<String>>,
}

impl Plan {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text: String = env.get(&SECRETS_PLAN)?;
        Self::read(&text).map_err(|problem| SECRETS_PLAN.wrong(format!("is wrong ({problem})")))
    }

    fn read(text: &str) -> Result<Self, String> {
        let plan: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let all = plan.secrets.keys().chain(&plan.authority).chain(plan.certificates.keys());
        let mut seen = BTreeSet::new();
        if let Some(twice) = all.into_iter().find(|name| !seen.insert(*name)) {
            return Err(format!("{twice} is used twice"));
        }
        if let Some((name, _)) = plan.secrets.iter().find(|(_, keys)| keys.is_empty()) {
            return Err(format!("{name} has no keys"));
        }
        if plan.authority.is_none() && !plan.certificates.is_empty() {
            return Err("authority must be set if there are certificates".to_owned());
        }
        for (secret, names) in &plan.certificates {
            if names.is_empty() || !names.iter().all(|name| is_dns_name(name)) {
                return Err(format!("{secret} needs DNS names"));
            }
            // The name of a peer proves its identity, so no certificate may have two names with
            // such a name among them.
            if names.len() > 1 && names.iter().any(|name| PeerName::from_dns(name).is_some()) {
                return Err(format!("{secret}: the name of a peer must be the only name"));
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
    fn plan_with_every_part_is_read() {
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
    fn wrong_plan_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "EOF"),
            (r#"{"secret": {}}"#, "unknown field"),
            (r#"{"secrets": {"a": {"k": "passphrase"}}}"#, "unknown variant"),
            (r#"{"secrets": {"a": {}}}"#, "no keys"),
            (r#"{"secrets": {"a": {"k": "password"}}, "authority": "a"}"#, "used twice"),
            (r#"{"certificates": {"a": ["a"]}}"#, "authority must be set"),
            (r#"{"authority": "ca", "certificates": {"a": []}}"#, "DNS names"),
            (r#"{"authority": "ca", "certificates": {"a": ["A b"]}}"#, "DNS names"),
            (
                r#"{"authority": "ca", "certificates": {"a": ["user.estore.internal", "localhost"]}}"#,
                "must be the only name",
            ),
        ] {
            let refused = Plan::read(text).unwrap_err();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
