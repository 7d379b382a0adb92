//! The keys of a database as text, before parsing.

use std::collections::BTreeMap;

/// Keys of both databases by name: their names never collide.
pub type Dump = BTreeMap<String, Raw>;

/// An entry of a stream: its id and its fields.
pub type StreamEntry = (String, BTreeMap<String, String>);

/// The content of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// A string.
    Text(String),
    /// A hash: values by field.
    Hash(BTreeMap<String, String>),
    /// A list.
    List(Vec<String>),
    /// A sorted set: scores by member.
    Scores(BTreeMap<String, String>),
    /// A stream: entries in order, each with its id and fields.
    Stream(Vec<StreamEntry>),
    /// Any other type.
    Other,
}
