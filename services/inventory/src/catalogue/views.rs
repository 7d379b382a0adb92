//! The answers with the tree of categories and with the tags. They are rebuilt after a count or a
//! name changes.

use std::sync::{Arc, Mutex, PoisonError};

use estore_contract::{
    inventory::{CategoryTree, TagCount, TagList},
    text::Tag,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Catalogue, Index};
use crate::{Error, store::categories};

/// JSON, and its entity tag.
#[derive(Debug)]
pub struct View {
    generation: u64,
    /// The JSON.
    pub body: Vec<u8>,
    /// Its weak entity tag.
    pub tag: String,
}

/// The latest view.
#[derive(Debug, Default)]
pub(super) struct Slot(Mutex<Option<Arc<View>>>);

impl Slot {
    /// Drops the view, because it belongs to another index.
    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Returns the weak entity tag of a body, computed from its content.
#[must_use]
pub fn body_tag(body: &[u8]) -> String {
    format!("W/\"{}\"", hex::encode(Sha256::digest(body)))
}

/// Returns tags with counts, by name.
pub(super) fn tag_counts<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> Vec<TagCount> {
    let tag = |(tag, count): (&str, u64)| TagCount { tag: Tag::kept(tag.to_owned()), count };
    let mut items: Vec<TagCount> = counts.map(tag).collect();
    items.sort_by(|a, b| a.tag.cmp(&b.tag));
    items
}

impl Catalogue {
    /// Returns the tree of categories with counts, or `None` if the caller must read the store.
    pub fn categories(&self) -> Result<Option<Arc<View>>, Error> {
        self.view(&self.0.categories, |index| CategoryTree {
            items: categories::assemble(index.tree.counts()),
        })
    }

    /// Returns the tags with counts, by name, or `None` if the caller must read the store.
    pub fn tags(&self) -> Result<Option<Arc<View>>, Error> {
        self.view(&self.0.tags, |index| TagList { items: tag_counts(index.tags.counts()) })
    }

    fn view<T: Serialize>(
        &self,
        slot: &Slot,
        make: impl FnOnce(&Index) -> T,
    ) -> Result<Option<Arc<View>>, Error> {
        let Some(guard) = self.read().filter(|_| !self.0.doubts.any()) else { return Ok(None) };
        let Some(index) = guard.as_deref() else { return Ok(None) };
        let (generation, mut kept) =
            (index.generation, slot.0.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(view) = kept.as_ref().filter(|view| view.generation == generation) {
            return Ok(Some(view.clone()));
        }
        let body = serde_json::to_vec(&make(index)).map_err(|error| Error::Unexpected(error.to_string()))?;
        let view = Arc::new(View { generation, tag: body_tag(&body), body });
        *kept = Some(view.clone());
        Ok(Some(view))
    }
}
