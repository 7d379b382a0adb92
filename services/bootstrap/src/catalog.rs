//! The catalogue: YAML files and pictures, sent to the Inventory Service.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::{
    Money, PeerName, Sku,
    inventory::{CatalogImported, CatalogLine},
    text::{Slug, Tag, Title},
};
use estore_kit::{
    config::Env,
    peer::{PeerClient, PeerError},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{exit::Wrong, patience::until_done};

const CATEGORIES: &str = "categories.yaml";
/// How long the Inventory Service may take for all of it.
const LIMIT: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryEntry {
    slug: Slug,
    name: Title,
    parent: Option<Slug>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductEntry {
    sku: Sku,
    name: Title,
    description: String,
    price: Money,
    category: Slug,
    #[serde(default)]
    tags: Vec<Tag>,
    /// A path below the catalogue's directory.
    image: Option<PathBuf>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    stock: u32,
}

/// Sends the catalogue in `CATALOG_DIR`; where that is not set, there is none.
pub async fn seed(env: &Env) -> anyhow::Result<String> {
    let Some(directory) = env.optional::<PathBuf>("CATALOG_DIR", "catalog")? else {
        return Ok("none (CATALOG_DIR is not set)".to_owned());
    };
    let lines = read(&directory)
        .map_err(|error| Wrong(format!("the catalogue in {}: {error:#}", directory.display())))?;
    let mut body = Vec::new();
    for line in &lines {
        serde_json::to_writer(&mut body, line)?;
        body.push(b'\n');
    }
    let inventory = PeerClient::from_env(env, PeerName::Inventory)?;
    let send = || {
        inventory.upload::<CatalogImported>("/internal/catalog", "application/x-ndjson", body.clone(), LIMIT)
    };
    let done = until_done(|error| matches!(error, PeerError::Answered(..)), send).await?;
    Ok(format!(
        "{} products new, {} changed, {} as before; {} categories, {} pictures",
        done.products_created, done.products_updated, done.products_unchanged, done.categories, done.images
    ))
}

/// The lines of an import: pictures, then categories from the top, then products. The lists of products stand below `products`; or,
/// where a ConfigMap is mounted, which has no directories, all files beside each other.
pub fn read(directory: &Path) -> anyhow::Result<Vec<CatalogLine>> {
    let categories: Vec<CategoryEntry> = yaml(&directory.join(CATEGORIES))?;
    let below = directory.join("products");
    let files = lists(if below.is_dir() { &below } else { directory })?;
    let (mut pictures, mut products) = (Vec::new(), Vec::new());
    for file in files {
        for entry in yaml::<Vec<ProductEntry>>(&file)? {
            let images = match &entry.image {
                Some(image) => vec![picture(directory, image, &mut pictures)?],
                None => Vec::new(),
            };
            let ProductEntry { sku, name, description, price, category, tags, attributes, stock, .. } = entry;
            products.push(CatalogLine::Product {
                sku,
                name,
                description,
                price,
                category,
                tags,
                images,
                attributes,
                stock,
            });
        }
    }
    let categories = categories
        .into_iter()
        .map(|CategoryEntry { slug, name, parent }| CatalogLine::Category { slug, name, parent });
    Ok(pictures.into_iter().chain(categories).chain(products).collect())
}

/// The lists of products in a directory. A mounted ConfigMap has entries of Kubernetes' own, which begin with a dot.
fn lists(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|file| Ok(file?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or(CATEGORIES);
        let is_yaml = file.extension().is_some_and(|kind| kind == "yaml");
        is_yaml && !name.starts_with('.') && name != CATEGORIES
    });
    files.sort();
    Ok(files)
}

fn picture(directory: &Path, image: &Path, pictures: &mut Vec<CatalogLine>) -> anyhow::Result<String> {
    let name =
        image.file_name().and_then(|name| name.to_str()).context("a picture needs a plain name")?.to_owned();
    let kind =
        picture_kind(&name).with_context(|| format!("{} is no picture that is served", image.display()))?;
    let path = if directory.join(image).is_file() { directory.join(image) } else { directory.join(&name) };
    let data = fs::read(path).with_context(|| image.display().to_string())?;
    pictures.push(CatalogLine::Image {
        name: name.clone(),
        content_type: kind.to_owned(),
        data: STANDARD.encode(data),
    });
    Ok(name)
}

/// The media type of a picture by its file's name; `None` where such are not served.
pub(crate) fn picture_kind(name: &str) -> Option<&'static str> {
    match Path::new(name).extension()?.to_str()? {
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "webp" => Some("image/webp"),
        _ => None,
    }
}

fn yaml<T: DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    serde_yaml_ng::from_str(&text).with_context(|| file.display().to_string())
}
