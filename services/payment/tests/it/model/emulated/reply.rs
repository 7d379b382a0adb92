//! The answers of commands and functions.

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Nil,
    Int(i64),
    Text(String),
    /// `OK` and the like.
    Status(String),
    List(Vec<Reply>),
}

impl Reply {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// Returns the text, or nil if there is none.
    pub(crate) fn maybe(text: Option<&String>) -> Self {
        text.map_or(Self::Nil, Self::text)
    }

    pub(crate) fn count(count: usize) -> Self {
        Self::Int(i64::try_from(count).unwrap())
    }

    /// Returns each part as text; panics if one is a list.
    pub(crate) fn into_texts(self) -> Vec<String> {
        self.into_list().into_iter().map(Self::into_text).collect()
    }

    pub(crate) fn into_list(self) -> Vec<Self> {
        let Self::List(parts) = self else { panic!("{self:?} is no list") };
        parts
    }

    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Status(text) => text,
            Self::Int(number) => number.to_string(),
            Self::Nil | Self::List(_) => panic!("{self:?} is no text"),
        }
    }

    /// Returns the first text, by which functions say what happened.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::List(parts) => parts.first().map(Self::word).unwrap_or_default(),
            Self::Nil => "nothing".to_owned(),
            text => text.clone().into_text(),
        }
    }

    /// Converts the answer to the form in which the client library hands it to production's
    /// parsers.
    pub(crate) fn to_redis(&self) -> redis::Value {
        match self {
            Self::Nil => redis::Value::Nil,
            Self::Int(number) => redis::Value::Int(*number),
            Self::Text(text) => redis::Value::BulkString(text.clone().into_bytes()),
            Self::Status(text) => redis::Value::SimpleString(text.clone()),
            Self::List(parts) => redis::Value::Array(parts.iter().map(Self::to_redis).collect()),
        }
    }
}
