//! The tree of categories and the tags as they are answered: made again when a count or a name has changed.

use std::sync::{Arc, Mutex, PoisonError};

use estore_contract::{
    inventory::{CategoryTree, TagCount, TagList},
    text::Tag,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Catalogue, Index};
use crate::{Error, store::categories};

/// JSON, and the tag of it.
#[derive(Debug)]
pub struct View {
    generation: u64,
    /// The JSON.
    pub body: Vec<u8>,
    /// Its weak tag.
    pub tag: String,
}

/// The view that was made last.
#[derive(Debug, Default)]
pub(super) struct Slot(Mutex<Option<Arc<View>>>);

impl Slot {
    /// Forgets the view: it is of another index.
    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The weak tag of a body, made of its content.
#[must_use]
pub fn body_tag(body: &[u8]) -> String {
    format!("W/\"{}\"", hex::encode(Sha256::digest(body)))
}

impl Catalogue {
    /// The tree of categories with counts; `None` if the store has to be asked.
    pub fn categories(&self) -> Result<Option<Arc<View>>, Error> {
        self.view(&self.0.categories, |index| CategoryTree {
            items: categories::assemble(index.tree.counts()),
        })
    }

    /// The tags with counts, by name; `None` if the store has to be asked.
    pub fn tags(&self) -> Result<Option<Arc<View>>, Error> {
        self.view(&self.0.tags, |index| {
            let tag = |(tag, count): (&str, u64)| {
                Some(TagCount { tag: Tag::try_from(tag.to_owned()).ok()?, count })
            };
            let mut items: Vec<TagCount> = index.tags.counts().filter_map(tag).collect();
            items.sort_by(|a, b| a.tag.cmp(&b.tag));
            TagList { items }
        })
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
