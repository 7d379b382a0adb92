//! Lists: bounded pages, and opaque cursors to the next page.

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items on this page.
    pub items: Vec<T>,
    /// The `cursor` of the next page; `null` on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of the first `limit` items of `found`. The caller asks the store for one item
    /// more, which shows that a next page exists. That page continues after the `place` of the last
    /// item here.
    pub fn cut(mut found: Vec<T>, limit: Limit, place: impl FnOnce(&T) -> String) -> Self {
        let more = found.len() > limit.get();
        found.truncate(limit.get());
        let next_cursor = found.last().filter(|_| more).map(place);
        Self { items: found, next_cursor }
    }

    /// Returns the same page with `view` applied to each item.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(view).collect(), next_cursor: self.next_cursor }
    }
}

/// The maximum number of items on a page: 1 to 100, by default 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u32, minimum = 1, maximum = 100, default = 20)]
pub struct Limit(u32);

impl Limit {
    /// Returns the limit as a count.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = u32::deserialize(deserializer).ok().filter(|limit| (1..=100).contains(limit));
        limit.map(Self).ok_or_else(|| de::Error::custom("must be a whole number from 1 to 100"))
    }
}
