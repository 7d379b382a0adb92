//! Variables that look like misspelled settings.

use std::collections::{BTreeMap, BTreeSet};

use super::{Env, Setting, Settings};

/// The most edits between a misspelled name and the right one.
const EDITS: usize = 2;

/// The prefixes of settings that variables of other programs have, too. Some of those programs are
/// ours, and share an environment.
const SHARED: [&str; 7] = ["DATABASE_", "MAX_", "OTEL_", "POD_", "POSTGRES_", "REDIS_", "RUST_"];

/// A variable that manifests often set. It resembles `POD_NAME`.
const NODE: &str = "NODE_NAME";

/// A variable that is no setting, and looks like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown<'a> {
    /// The variable.
    pub name: &'a str,
    /// The setting with the most similar name.
    pub nearest: &'static str,
}

impl Env {
    /// Returns the variables that look like a setting in `groups` and are none. They differ by a
    /// spelling mistake, or share a prefix with two settings or more. Empty variables count as
    /// absent.
    #[must_use]
    pub fn unknown(&self, groups: &[Settings]) -> Vec<Unknown<'_>> {
        let known: BTreeSet<&str> =
            groups.iter().flat_map(Settings::all).map(|Setting { name, .. }| *name).collect();
        let mut prefixes: BTreeMap<&str, usize> = BTreeMap::new();
        for prefix in known.iter().filter_map(|name| prefix(name)) {
            *prefixes.entry(prefix).or_default() += 1;
        }
        prefixes.retain(|prefix, count| *count > 1 && !SHARED.contains(prefix));
        let set = self.0.iter().filter(|(_, value)| !value.is_empty());
        set.filter_map(|(name, value)| {
            let plain = name.strip_suffix("_FILE").unwrap_or(name);
            if known.contains(plain) || name == NODE || is_of_kubernetes(name, value) {
                return None;
            }
            let nearest = |prefix: &str| {
                let known = known.iter().filter(|known| known.starts_with(prefix));
                known.map(|known| (distance(plain, known), *known)).min()
            };
            let misspelled = nearest("").filter(|(edits, _)| *edits <= EDITS);
            let ours = || nearest(prefix(name).filter(|prefix| prefixes.contains_key(prefix))?);
            let (_, nearest) = misspelled.or_else(ours)?;
            Some(Unknown { name, nearest })
        })
        .collect()
    }

    /// Logs a warning for each of these variables, without its value.
    pub fn warn_of_unknown(&self, groups: &[Settings]) {
        for Unknown { name, nearest } in self.unknown(groups) {
            tracing::warn!(name, nearest, "unknown setting; ignored");
        }
    }
}

/// Returns the part of a name up to its first underscore.
fn prefix(name: &str) -> Option<&str> {
    name.split_inclusive('_').next().filter(|prefix| prefix.ends_with('_'))
}

/// Returns true for the variables in which Kubernetes gives a pod the addresses of Services:
/// `X_SERVICE_HOST`, `X_SERVICE_PORT`, `X_SERVICE_PORT_<NAME>`, `X_PORT` with a URL, and
/// `X_PORT_<NUMBER>_TCP…`.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let is_numbered = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && value.contains("://"))
        || name.split("_PORT_").skip(1).any(is_numbered)
}

/// Returns the number of letters to insert, remove or replace to make `right` of `wrong`
/// (Levenshtein).
fn distance(wrong: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in wrong.bytes().enumerate() {
        let (mut before, mut left) = (at, at + 1);
        for (cell, other) in row.iter_mut().skip(1).zip(right.bytes()) {
            let replaced = before + usize::from(letter != other);
            before = *cell;
            left = replaced.min(before + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings {
        title: "A program",
        lists: &[&[
            Setting::seconds("SESSION_SECONDS", ""),
            Setting::seconds("SESSION_IDLE_SECONDS", ""),
            Setting::secret("JWT_SECRET", ""),
            Setting::address("USER_SERVICE_URL", ""),
            Setting::address("OTEL_EXPORTER_OTLP_ENDPOINT", "").optional(),
            Setting::text("OTEL_TRACES_SAMPLER", "").optional(),
            Setting::text("POD_NAME", ""),
            Setting::text("REDIS_HOST", ""),
            Setting::number("REDIS_PORT", ""),
        ]],
    };

    fn unknown(name: &str) -> Option<&'static str> {
        Env::from_iter([(name, "value")]).unknown(&[SETTINGS]).first().map(|unknown| unknown.nearest)
    }

    #[test]
    fn misspelled_setting_is_found_with_the_nearest_name() {
        assert_eq!(unknown("SESION_SECOND"), Some("SESSION_SECONDS"));
        assert_eq!(unknown("JWT_SECRETS_FILE"), Some("JWT_SECRET"));
        assert_eq!(unknown("REDIS_HOTS"), Some("REDIS_HOST"));
        assert_eq!(unknown("SESSION_IDLE_TIME"), Some("SESSION_IDLE_SECONDS"));
        assert_eq!(unknown("OTEL_TRACE_SAMPLER"), Some("OTEL_TRACES_SAMPLER"));
    }

    #[test]
    fn variables_of_others_are_not_reported() {
        for name in [
            "SESSION_SECONDS",
            "JWT_SECRET_FILE",
            "HOME",
            "PATH",
            "SSL_CERT_FILE",
            "OTEL_SERVICE_NAME",
            "OTEL_EXPORTER_OTLP_HEADERS",
            "KUBERNETES_SERVICE_HOST",
            "ESTORE_USER_PORT_8101_TCP",
            "ESTORE_USER_PORT_8101_TCP_ADDR",
            "SESSION_SERVICE_PORT_HTTP",
            "USER_SERVICE_PORT",
            "USER_SERVICE_HOST",
            "NODE_NAME",
            "POD_IP",
            "REDIS_URL",
        ] {
            assert_eq!(unknown(name), None, "{name}");
        }
        let link = Env::from_iter([("SESSION_PORT", "tcp://10.0.0.7:80")]);
        assert!(link.unknown(&[SETTINGS]).is_empty());
        assert!(Env::from_iter([("SESSION_TIME", "")]).unknown(&[SETTINGS]).is_empty());
    }

    #[test]
    fn distance_counts_single_edits() {
        for (wrong, right, edits) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("abc", "abc", 0),
            ("abc", "adc", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(wrong, right), edits, "{wrong} {right}");
        }
    }
}
