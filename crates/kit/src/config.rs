//! Settings from environment variables. Any `X` may be given as `X_FILE`, a path whose content is the value, which is
//! how Kubernetes mounts secrets.

use std::{collections::BTreeMap, fmt, fmt::Display, fs, str::FromStr, time::Duration};

use secrecy::SecretString;

/// The longest time span that can be set.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// The environment, read once at the start: the one door to it.
#[derive(Clone)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The process's environment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_process() -> Self {
        // A variable that is not UTF-8 cannot be one of ours.
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    /// The value of `name`, or the content of the file that `<name>_FILE` names; an empty value counts as absent.
    fn raw(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        let value = match (self.0.get(name), self.0.get(&format!("{name}_FILE"))) {
            (Some(value), _) if !value.is_empty() => Some(value.clone()),
            (_, Some(path)) if !path.is_empty() => Some(fs::read_to_string(path).map_err(|error| {
                ConfigError::new(name, format!("{name}_FILE={path} cannot be read ({error})"), "")
            })?),
            _ => None,
        };
        Ok(value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
    }

    /// The setting, where it is given. `example` goes into the message where the value is wrong.
    pub fn optional<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
        example: &str,
    ) -> Result<Option<T>, ConfigError> {
        let parse = |text: String| {
            text.parse()
                .map_err(|error: T::Err| ConfigError::new(name, format!("is wrong ({error})"), example))
        };
        self.raw(name)?.map(parse).transpose()
    }

    /// The setting, which must be given.
    pub fn required<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
        example: &str,
    ) -> Result<T, ConfigError> {
        self.optional(name, example)?.ok_or_else(|| ConfigError::new(name, "is not set", example))
    }

    /// The setting, or `default`.
    pub fn or<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
        default: T,
        example: &str,
    ) -> Result<T, ConfigError> {
        Ok(self.optional(name, example)?.unwrap_or(default))
    }

    /// A secret, which must be given. Nothing about its value goes into a message.
    pub fn secret(&self, name: &'static str, example: &str) -> Result<SecretString, ConfigError> {
        self.optional_secret(name)?.ok_or_else(|| ConfigError::new(name, "is not set", example))
    }

    /// A secret, where it is given.
    pub fn optional_secret(&self, name: &'static str) -> Result<Option<SecretString>, ConfigError> {
        Ok(self.raw(name)?.map(SecretString::from))
    }

    /// A time span in seconds, which may have a fraction: a year at most.
    pub fn seconds(&self, name: &'static str, default: f64, example: &str) -> Result<Duration, ConfigError> {
        let seconds: f64 = self.or(name, default, example)?;
        let span = Duration::try_from_secs_f64(seconds).ok().filter(|span| *span <= LONGEST);
        span.ok_or_else(|| ConfigError::new(name, "is not a number of seconds up to a year", example))
    }

    /// A switch: `true` or `false`.
    pub fn flag(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        self.or(name, default, "true")
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

/// Why the start stops: one line that names the setting, says what is wrong and gives an example.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    name: &'static str,
    problem: String,
    example: String,
}

impl ConfigError {
    /// `name` has a `problem`; `example` is a value that would do.
    pub fn new(name: &'static str, problem: impl Into<String>, example: impl Into<String>) -> Self {
        Self { name, problem: problem.into(), example: example.into() }
    }
}

impl Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.problem)?;
        if self.example.is_empty() {
            Ok(())
        } else {
            write!(f, "; for example {}={}", self.name, self.example)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_wrong_setting_is_named_with_an_example() {
        let env = Env::from_iter([("SERVICE_PORT", "eighty"), ("EMPTY", "")]);
        let wrong = env.required::<u16>("SERVICE_PORT", "8000").unwrap_err().to_string();
        assert_eq!(
            wrong,
            "SERVICE_PORT is wrong (invalid digit found in string); for example SERVICE_PORT=8000"
        );
        let missing = env.required::<u16>("EMPTY", "1").unwrap_err().to_string();
        assert_eq!(missing, "EMPTY is not set; for example EMPTY=1");
    }

    #[test]
    fn a_time_span_is_no_number_that_none_can_be() {
        let seconds =
            |text: &str| Env::from_iter([("LEASE_SECONDS", text)]).seconds("LEASE_SECONDS", 10.0, "10");
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for wrong in ["-1", "NaN", "inf", "1e300", "31622401", "31622400.1", "soon"] {
            assert!(seconds(wrong).unwrap_err().to_string().starts_with("LEASE_SECONDS is "), "{wrong}");
        }
    }

    #[test]
    fn a_file_gives_the_value() {
        let file = std::env::temp_dir().join(format!("estore-config-{}", std::process::id()));
        fs::write(&file, "s3cret\n").unwrap();
        let env = Env::from_iter([("PASSWORD_FILE", file.to_str().unwrap())]);
        assert_eq!(env.required::<String>("PASSWORD", "x").unwrap(), "s3cret");
        fs::remove_file(file).unwrap();
    }
}
