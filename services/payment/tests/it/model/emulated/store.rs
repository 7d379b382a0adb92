//! The keys and their values.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use super::Refused;

/// The value of a key. Scores are whole numbers here: milliseconds, mostly.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Text(String),
    Hash(BTreeMap<String, String>),
    Sorted(BTreeMap<String, i64>),
    List(VecDeque<String>),
    Set(BTreeSet<String>),
    /// Entries: id (milliseconds, number), fields and values.
    Stream(Vec<((i64, u32), Vec<String>)>),
}

impl Value {
    fn is_empty(&self) -> bool {
        match self {
            Self::Hash(fields) => fields.is_empty(),
            Self::Sorted(members) => members.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Set(members) => members.is_empty(),
            Self::Text(_) | Self::Stream(_) => false,
        }
    }
}

/// The keys of one tag. A copy shares its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Store {
    keys: BTreeMap<String, Arc<Value>>,
}

/// Defines, for each kind, a function that reads a key and one that changes it, creating it if
/// needed.
macro_rules! kind {
    ($read:ident, $change:ident, $kind:ident, $inner:ty) => {
        pub(crate) fn $read(&self, key: &str) -> Result<Option<&$inner>, Refused> {
            match self.keys.get(key).map(Arc::as_ref) {
                None => Ok(None),
                Some(Value::$kind(inner)) => Ok(Some(inner)),
                Some(_) => Err(format!("WRONGTYPE {key}")),
            }
        }

        pub(crate) fn $change<T>(
            &mut self,
            key: &str,
            change: impl FnOnce(&mut $inner) -> Result<T, Refused>,
        ) -> Result<T, Refused> {
            let value = self
                .keys
                .entry(key.to_owned())
                .or_insert_with(|| Arc::new(Value::$kind(<$inner>::default())));
            let value = Arc::make_mut(value);
            let Value::$kind(inner) = value else { return Err(format!("WRONGTYPE {key}")) };
            let outcome = change(inner);
            if value.is_empty() {
                self.keys.remove(key);
            }
            outcome
        }
    };
}

impl Store {
    kind!(text, change_text, Text, String);
    kind!(hash, change_hash, Hash, BTreeMap<String, String>);
    kind!(sorted, change_sorted, Sorted, BTreeMap<String, i64>);
    kind!(list, change_list, List, VecDeque<String>);
    kind!(set, change_set, Set, BTreeSet<String>);
    kind!(stream, change_stream, Stream, Vec<((i64, u32), Vec<String>)>);

    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    pub(crate) fn remove(&mut self, key: &str) -> bool {
        self.keys.remove(key).is_some()
    }

    /// Changes values in place. Shared values that do not change stay shared.
    pub(crate) fn change_all(&mut self, mut change: impl FnMut(&str, &mut Value)) {
        for (key, value) in &mut self.keys {
            let mut changed = value.as_ref().clone();
            change(key, &mut changed);
            if changed != **value {
                *value = Arc::new(changed);
            }
        }
        self.keys.retain(|_, value| !value.is_empty());
    }

    /// Replaces the keys that `is_meant` selects with those of `other`.
    pub(crate) fn replace(&mut self, other: &Self, is_meant: impl Fn(&str) -> bool) {
        self.keys.retain(|key, _| !is_meant(key));
        let theirs = other.keys.iter().filter(|(key, _)| is_meant(key));
        self.keys.extend(theirs.map(|(key, value)| (key.clone(), value.clone())));
    }

    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.keys.get(key).map(Arc::as_ref)
    }

    pub(crate) fn put(&mut self, key: &str, value: Value) {
        self.keys.insert(key.to_owned(), Arc::new(value));
    }

    /// Returns every key with its value, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.keys.iter().map(|(key, value)| (key.as_str(), value.as_ref()))
    }

    /// Returns a field of a hash; nothing if the hash or the field is missing.
    pub(crate) fn field(&self, key: &str, field: &str) -> Option<&str> {
        self.hash(key).unwrap()?.get(field).map(String::as_str)
    }
}
