//! Lists: a bounded page and an opaque cursor to the next.

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The things on this page.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; `null` on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The first `limit` of `found`. One more than that, which stores are asked for, shows that there is a next page: it
    /// goes on after the `place` of the last item here.
    pub fn cut(mut found: Vec<T>, limit: Limit, place: impl FnOnce(&T) -> String) -> Self {
        let more = found.len() > limit.get();
        found.truncate(limit.get());
        let next_cursor = found.last().filter(|_| more).map(place);
        Self { items: found, next_cursor }
    }

    /// The same page, of what `view` makes of each thing.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(view).collect(), next_cursor: self.next_cursor }
    }
}

/// How many items a page may have: 1 to 100, 20 unless said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u32, minimum = 1, maximum = 100, default = 20)]
pub struct Limit(u32);

impl Limit {
    /// The limit as a count.
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
