//! Answers built from ready JSON, and the entity tags that distinguish their states.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hasher},
};

use estore_contract::{Sku, inventory::Product};

use super::{entry::Ready, index::Index, row::Row};
use crate::{
    domain::Edition,
    store::list::{Place, Question},
};

/// JSON that was read for a page and is not cached, with the edition that it shows.
pub type Extra = HashMap<Sku, (Edition, Ready)>;

/// A product as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub edition: Edition,
    /// The units that can be ordered.
    pub available: i64,
    /// Its JSON.
    pub body: Vec<u8>,
}

/// A page of products as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// The client already has the page with this entity tag.
    Known(String),
    /// The entity tag of the page and its JSON.
    Page(String, Vec<u8>),
    /// The products whose JSON is not cached.
    Missing(Vec<Sku>),
}

/// The weak entity tag of a page. It changes with everything that the page shows. It is computed
/// from the editions and stock of the products, not from the JSON.
#[derive(Debug, Default)]
struct Tag(DefaultHasher);

impl Tag {
    fn row(&mut self, sku: &str, Edition { version, updated }: Edition, available: i64) {
        self.0.write(sku.as_bytes());
        // No SKU has this byte.
        self.0.write_u8(0xff);
        self.0.write_u64(version);
        self.0.write_i64(updated);
        self.0.write_i64(available);
    }

    fn end(mut self, cursor: Option<&str>) -> String {
        self.0.write(cursor.unwrap_or_default().as_bytes());
        format!("W/\"{:016x}\"", self.0.finish())
    }
}

/// Returns the entity tag of a page that was read from the store. It equals the tag of the same
/// page from an index.
#[must_use]
pub fn page_tag(products: &[Product], cursor: Option<&str>) -> String {
    let mut tag = Tag::default();
    for product in products {
        tag.row(product.sku.as_str(), Edition::of(product), product.available);
    }
    tag.end(cursor)
}

impl Index {
    /// Returns one product if its JSON is cached and its stock is current.
    pub(super) fn product(&self, sku: &Sku) -> Option<Found> {
        let row = self.rows.get(self.rows.number(sku.as_str())?).filter(|row| row.is_counted())?;
        let ready = row.ready()?;
        let mut body = Vec::with_capacity(ready.bytes() + 20);
        ready.write(row.available, &mut body);
        Some(Found { edition: row.edition, available: row.available, body })
    }

    /// Returns the page for a question, unless the client knows its entity tag.
    pub fn list(
        &self,
        question: &Question,
        cursor: impl FnOnce(Place) -> String,
        is_known: impl FnOnce(&str) -> bool,
        extra: &Extra,
    ) -> Listed {
        let (numbers, place) = self.page(question);
        let rows: Vec<&Row> = numbers.into_iter().filter_map(|number| self.rows.get(number)).collect();
        let cursor = place.map(cursor);
        let mut tag = Tag::default();
        for row in &rows {
            tag.row(&row.sku, row.edition, row.available);
        }
        let tag = tag.end(cursor.as_deref());
        if is_known(&tag) {
            return Listed::Known(tag);
        }
        // The row may have changed since its JSON was read.
        let read = |row: &Row| extra.get(row.sku.as_ref()).filter(|(edition, _)| *edition == row.edition);
        let ready: Vec<Option<&Ready>> =
            rows.iter().map(|row| row.ready().or_else(|| read(row).map(|(_, ready)| ready))).collect();
        let bytes = ready.iter().flatten().map(|ready| ready.bytes() + 20).sum::<usize>();
        let mut body = Vec::with_capacity(bytes + 256);
        let mut missing = Vec::new();
        body.extend_from_slice(br#"{"items":["#);
        for (at, (row, ready)) in rows.iter().zip(ready).enumerate() {
            if at > 0 {
                body.push(b',');
            }
            match ready {
                Some(ready) => ready.write(row.available, &mut body),
                None => missing.extend(row.sku.parse()),
            }
        }
        if !missing.is_empty() {
            return Listed::Missing(missing);
        }
        body.extend_from_slice(br#"],"next_cursor":"#);
        match cursor {
            // The characters of a cursor need no escaping.
            Some(cursor) => body.extend([b"\"", cursor.as_bytes(), b"\""].into_iter().flatten()),
            None => body.extend_from_slice(b"null"),
        }
        body.push(b'}');
        Listed::Page(tag, body)
    }
}
