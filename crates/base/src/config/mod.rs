//! Settings from environment variables. Each is declared once ([`Setting`]), and listed in
//! docs/configuration.md. Any setting `X` may be given as `X_FILE`, the path of a file with the
//! value. Kubernetes mounts secrets that way.

mod document;
mod setting;
mod unknown;

pub use document::{Settings, markdown};
pub use setting::{Fallback, Kind, Setting};
pub use unknown::Unknown;

use std::{collections::BTreeMap, fmt, fmt::Display, fs, str::FromStr, time::Duration};

use secrecy::SecretString;

/// The longest time span that a setting accepts.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// The environment, read once at the start. All settings are read through it.
#[derive(Clone)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// Reads the environment of the process.
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

    /// Returns the value of a setting `X`, or the content of the file that `X_FILE` names. An empty
    /// value counts as absent.
    fn raw(&self, setting: &Setting) -> Result<Option<String>, ConfigError> {
        let name = setting.name;
        let value = match (self.0.get(name), self.0.get(&format!("{name}_FILE"))) {
            (Some(value), _) if !value.is_empty() => Some(value.clone()),
            (_, Some(path)) if !path.is_empty() => Some(fs::read_to_string(path).map_err(|error| {
                ConfigError::new(name, format!("{name}_FILE={path} cannot be read ({error})"), "")
            })?),
            _ => None,
        };
        Ok(value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
    }

    /// Returns the setting or its default, or an error if it has neither.
    pub fn get<T: FromStr<Err: Display>>(&self, setting: &Setting) -> Result<T, ConfigError> {
        match (self.raw(setting)?, setting.fallback) {
            (Some(text), _) => parse(setting, &text),
            (None, Fallback::Value(text)) => parse(setting, text),
            (None, _) => Err(setting.wrong("is not set")),
        }
    }

    /// Returns the setting, if present.
    pub fn optional<T: FromStr<Err: Display>>(&self, setting: &Setting) -> Result<Option<T>, ConfigError> {
        self.raw(setting)?.map(|text| parse(setting, &text)).transpose()
    }

    /// Returns a secret, or an error if it is absent. No message contains any part of its value.
    pub fn secret(&self, setting: &Setting) -> Result<SecretString, ConfigError> {
        self.optional_secret(setting)?.ok_or_else(|| setting.wrong("is not set"))
    }

    /// Returns a secret, if present.
    pub fn optional_secret(&self, setting: &Setting) -> Result<Option<SecretString>, ConfigError> {
        Ok(self.raw(setting)?.map(SecretString::from))
    }

    /// Returns a time span in seconds, which may have a fraction. The maximum is a year.
    pub fn seconds(&self, setting: &Setting) -> Result<Duration, ConfigError> {
        let seconds: f64 = self.get(setting)?;
        let span = Duration::try_from_secs_f64(seconds).ok().filter(|span| *span <= LONGEST);
        span.ok_or_else(|| setting.wrong("is not a number of seconds up to a year"))
    }

    /// Returns a switch: `true` or `false`.
    pub fn flag(&self, setting: &Setting) -> Result<bool, ConfigError> {
        self.get(setting)
    }
}

/// Parses a value, and checks its range or choice.
fn parse<T: FromStr<Err: Display>>(setting: &Setting, text: &str) -> Result<T, ConfigError> {
    let value = text.parse().map_err(|error: T::Err| match setting.kind {
        // The message of a parser may repeat parts of its input.
        Kind::Secret => setting.wrong("is wrong"),
        _ => setting.wrong(format!("is wrong ({error})")),
    })?;
    match (setting.kind, setting.range) {
        (Kind::Choice(words), _) if !words.contains(&text) => {
            Err(setting.wrong(format!("must be {}", document::listed(words, ", ", " or "))))
        }
        (_, Some((low, high))) if !text.parse().is_ok_and(|number: u64| (low..=high).contains(&number)) => {
            Err(setting.wrong(format!("must be {}; got {text}", document::within((low, high)))))
        }
        _ => Ok(value),
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

/// The error that stops the start: one line that names the setting, the problem and an example.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    name: &'static str,
    problem: String,
    example: String,
}

impl ConfigError {
    /// Creates the error for a `problem` with the setting `name`; `example` is a valid value.
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
    use secrecy::ExposeSecret;

    use super::*;

    const PORT: Setting = Setting::number("SERVICE_PORT", "A port.").example("8000");
    const EMPTY: Setting = Setting::number("EMPTY", "Nothing.").example("1");
    const LEASE: Setting = Setting::seconds("LEASE_SECONDS", "A time.").default("10");
    const LEEWAY: Setting = Setting::seconds("LEEWAY_SECONDS", "A time.").default("10").range(1, 60);
    const GATEWAY: Setting = Setting::choice("GATEWAY", &["sandbox", "stripe"], "Cards.").default("sandbox");
    const PASSWORD: Setting = Setting::secret("PASSWORD", "A secret.").example("(8 characters)");

    #[test]
    fn wrong_setting_is_named_with_an_example() {
        let env = Env::from_iter([("SERVICE_PORT", "eighty"), ("EMPTY", "")]);
        let wrong = env.get::<u16>(&PORT).unwrap_err().to_string();
        assert_eq!(
            wrong,
            "SERVICE_PORT is wrong (invalid digit found in string); for example SERVICE_PORT=8000"
        );
        let missing = env.get::<u16>(&EMPTY).unwrap_err().to_string();
        assert_eq!(missing, "EMPTY is not set; for example EMPTY=1");
    }

    #[test]
    fn value_outside_range_or_choice_is_refused() {
        let env = |text: &str| Env::from_iter([("LEEWAY_SECONDS", text), ("GATEWAY", text)]);
        for wrong in ["0", "61"] {
            assert_eq!(
                env(wrong).get::<u32>(&LEEWAY).unwrap_err().to_string(),
                format!("LEEWAY_SECONDS must be 1 to 60; got {wrong}; for example LEEWAY_SECONDS=10")
            );
        }
        assert_eq!([env("1"), env("60"), env("")].map(|env| env.get::<u32>(&LEEWAY).unwrap()), [1, 60, 10]);
        assert_eq!(
            env("bank").get::<String>(&GATEWAY).unwrap_err().to_string(),
            "GATEWAY must be sandbox or stripe; for example GATEWAY=sandbox"
        );
    }

    #[test]
    fn message_about_a_secret_never_shows_it() {
        let env = Env::from_iter([("PASSWORD", "hunter2")]);
        let wrong = env.get::<std::net::IpAddr>(&PASSWORD).unwrap_err().to_string();
        assert_eq!(wrong, "PASSWORD is wrong; for example PASSWORD=(8 characters)");
    }

    #[test]
    fn time_span_out_of_range_is_refused() {
        let seconds = |text: &str| Env::from_iter([("LEASE_SECONDS", text)]).seconds(&LEASE);
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for wrong in ["-1", "NaN", "inf", "1e300", "31622401", "31622400.1", "soon"] {
            assert!(seconds(wrong).unwrap_err().to_string().starts_with("LEASE_SECONDS is "), "{wrong}");
        }
    }

    #[test]
    fn setting_is_read_from_a_file() {
        let file = std::env::temp_dir().join(format!("estore-config-{}", std::process::id()));
        fs::write(&file, "s3cret\n").unwrap();
        let env = Env::from_iter([("PASSWORD_FILE", file.to_str().unwrap())]);
        assert_eq!(env.secret(&PASSWORD).unwrap().expose_secret(), "s3cret");
        fs::remove_file(file).unwrap();
    }
}
