//! The declaration of a setting, in one place for its reader, docs/configuration.md and the search
//! for misspelled names.

use super::ConfigError;

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A number of seconds.
    Seconds,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text that no message and no document contains.
    Secret,
    /// A URL.
    Address,
    /// Texts with commas between them.
    List,
    /// PEM, or the path of a PEM file.
    Pem,
    /// The path of a directory.
    Directory,
}

/// The outcome if a setting is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// The program does not start.
    Required,
    /// The program does without a value.
    Nothing,
    /// The program uses this value.
    Value(&'static str),
    /// The program uses a value that these words describe.
    Computed(&'static str),
}

/// The declaration of a setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name of the environment variable.
    pub name: &'static str,
    /// The type.
    pub kind: Kind,
    /// The meaning, in one sentence.
    pub meaning: &'static str,
    /// The outcome if it is not set.
    pub fallback: Fallback,
    /// The lowest and the highest allowed number.
    pub range: Option<(u64, u64)>,
    example: Option<&'static str>,
}

impl Setting {
    const fn new(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name, kind, meaning, fallback: Fallback::Required, range: None, example: None }
    }

    /// Declares a text. Like every setting, it is required unless its declaration goes on.
    #[must_use]
    pub const fn text(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Text, meaning)
    }

    /// Declares a number.
    #[must_use]
    pub const fn number(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Number, meaning)
    }

    /// Declares a number of seconds.
    #[must_use]
    pub const fn seconds(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Seconds, meaning)
    }

    /// Declares a switch, which is off by default.
    #[must_use]
    pub const fn switch(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Switch, meaning).default("false")
    }

    /// Declares a choice of `words`.
    #[must_use]
    pub const fn choice(name: &'static str, words: &'static [&'static str], meaning: &'static str) -> Self {
        Self::new(name, Kind::Choice(words), meaning)
    }

    /// Declares a secret.
    #[must_use]
    pub const fn secret(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Secret, meaning)
    }

    /// Declares a URL.
    #[must_use]
    pub const fn address(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Address, meaning)
    }

    /// Declares a list, which is empty by default.
    #[must_use]
    pub const fn list(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::List, meaning).optional()
    }

    /// Declares a certificate or a key.
    #[must_use]
    pub const fn pem(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Pem, meaning)
    }

    /// Declares the path of a directory.
    #[must_use]
    pub const fn directory(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Directory, meaning)
    }

    /// Adds a default.
    ///
    /// # Panics
    /// If the setting is a secret. In a constant, that is an error of compilation.
    #[must_use]
    pub const fn default(self, value: &'static str) -> Self {
        assert!(!matches!(self.kind, Kind::Secret), "a secret has no default");
        Self { fallback: Fallback::Value(value), ..self }
    }

    /// Adds a default that depends on another setting, described by `words`.
    #[must_use]
    pub const fn computed(self, words: &'static str) -> Self {
        Self { fallback: Fallback::Computed(words), ..self }
    }

    /// Lets the program do without.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { fallback: Fallback::Nothing, ..self }
    }

    /// Adds a range.
    #[must_use]
    pub const fn range(self, low: u64, high: u64) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// Adds a range without an upper end.
    #[must_use]
    pub const fn at_least(self, low: u64) -> Self {
        self.range(low, u64::MAX)
    }

    /// Adds the example that messages show. Otherwise they show the default.
    #[must_use]
    pub const fn example(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }

    /// Creates the error for a `problem` with this setting.
    #[must_use]
    pub fn wrong(&self, problem: impl Into<String>) -> ConfigError {
        let example = match (self.example, self.kind, self.fallback) {
            (Some(example), ..) => example,
            (None, Kind::Switch, _) => "true",
            (None, _, Fallback::Value(value)) => value,
            (None, ..) => "",
        };
        ConfigError::new(self.name, problem, example)
    }
}
