//! An import of the catalogue: lines in their order, several written in one round trip.

use std::{collections::HashMap, mem};

use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::{
    FieldError, Sku,
    inventory::{CatalogImported, CatalogLine, ProductBody},
    text::Slug,
};

use crate::{
    Error,
    app::App,
    domain::stored_name,
    store::{
        catalog::{self, Written},
        categories::{self, Node},
        images,
    },
};

/// The number of products that one round trip writes. Other clients of the server wait for all of
/// them.
const PRODUCTS: usize = 16;
/// The number of categories that one round trip writes.
const CATEGORIES: usize = 100;

/// An import in progress. Consecutive lines of one kind are written together.
pub(crate) struct Import<'a> {
    app: &'a App,
    /// The stored name of each image file.
    names: HashMap<String, String>,
    categories: Vec<(usize, Node)>,
    products: Vec<(usize, (Sku, ProductBody, u32))>,
    done: CatalogImported,
}

impl<'a> Import<'a> {
    /// Creates an import that has written nothing. `names` are the stored names of the existing
    /// images.
    pub(crate) fn new(app: &'a App, names: HashMap<String, String>) -> Self {
        Self { app, names, categories: Vec::new(), products: Vec::new(), done: CatalogImported::default() }
    }

    /// Processes the line with the number `at`.
    pub(crate) async fn line(&mut self, at: usize, line: CatalogLine) -> Result<(), Error> {
        match line {
            CatalogLine::Image { name, content_type, data } => {
                self.picture(&name, &content_type, &data).await
            }
            CatalogLine::Category { slug, name, parent } => {
                self.write_products().await?;
                self.categories.push((at, Node { slug, name, parent }));
                if self.categories.len() < CATEGORIES { Ok(()) } else { self.write_categories().await }
            }
            CatalogLine::Product {
                sku,
                name,
                description,
                price,
                category,
                tags,
                images,
                attributes,
                stock,
            } => {
                self.write_categories().await?;
                let unknown = |file: &String| {
                    Error::Invalid(vec![FieldError::new(
                        format!("lines[{at}].images"),
                        format!("{file} is not a picture"),
                    )])
                };
                let path = |file: &String| {
                    self.names.get(file).map(|name| format!("/images/{name}")).ok_or_else(|| unknown(file))
                };
                let images = images.iter().map(path).collect::<Result<Vec<_>, _>>()?;
                let body = ProductBody { name, description, price, category, tags, images, attributes };
                self.products.push((at, (sku, body, stock)));
                if self.products.len() < PRODUCTS { Ok(()) } else { self.write_products().await }
            }
        }
    }

    /// Writes the remaining lines, and returns the counts of the import.
    pub(crate) async fn finish(mut self) -> Result<CatalogImported, Error> {
        self.write_categories().await?;
        self.write_products().await?;
        Ok(self.done)
    }

    async fn picture(&mut self, name: &str, content_type: &str, data: &str) -> Result<(), Error> {
        let data = STANDARD.decode(data).unwrap_or_default();
        if self.names.get(name) != Some(&stored_name(name, &data)) {
            self.app.epoch.guard().await?;
            let stored = images::write(&self.app.redis, name, content_type, &data).await?;
            self.names.insert(name.to_owned(), stored);
        }
        self.done.images += 1;
        Ok(())
    }

    async fn write_categories(&mut self) -> Result<(), Error> {
        let (lines, nodes): (Vec<usize>, Vec<Node>) = mem::take(&mut self.categories).into_iter().unzip();
        if nodes.is_empty() {
            return Ok(());
        }
        self.app.epoch.guard().await?;
        let slugs: Vec<Slug> = nodes.iter().map(|node| node.slug.clone()).collect();
        let outcomes = categories::write_many(&self.app.redis, &nodes).await;
        let written = outcomes.and_then(|outcomes| {
            for (at, outcome) in lines.into_iter().zip(outcomes) {
                outcome.map_err(|error| named(at, error))?;
                self.done.categories += 1;
            }
            Ok(())
        });
        self.app.catalogue.watch_tree(&self.app.redis, &slugs, written).await
    }

    async fn write_products(&mut self) -> Result<(), Error> {
        let (lines, products): (Vec<usize>, Vec<_>) = mem::take(&mut self.products).into_iter().unzip();
        if products.is_empty() {
            return Ok(());
        }
        self.app.epoch.guard().await?;
        let skus: Vec<Sku> = products.iter().map(|(sku, ..)| sku.clone()).collect();
        let outcomes = catalog::import(&self.app.redis, products).await;
        if matches!(outcomes, Err(Error::OutcomeUnknown(_))) {
            self.app.catalogue.doubt(skus.iter().cloned());
        }
        let (mut changed, mut refused): (Vec<Sku>, Option<Error>) = (Vec::new(), None);
        for ((at, sku), outcome) in lines.into_iter().zip(skus).zip(outcomes?) {
            match outcome {
                Ok(Written::Unchanged) => self.done.products_unchanged += 1,
                Ok(Written::Created) => {
                    self.done.products_created += 1;
                    changed.push(sku);
                }
                Ok(Written::Updated) => {
                    self.done.products_updated += 1;
                    changed.push(sku);
                }
                Err(error) => refused = refused.or_else(|| Some(named(at, error))),
            }
        }
        self.app.catalogue.written_many(&self.app.redis, &changed).await;
        refused.map_or(Ok(()), Err)
    }
}

/// Adds the line's number to its error.
fn named(at: usize, error: Error) -> Error {
    match error {
        Error::Invalid(mut fields) => {
            for field in &mut fields {
                field.field = format!("lines[{at}].{}", field.field);
            }
            Error::Invalid(fields)
        }
        other => other,
    }
}
