//! Reads the files of a catalogue.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::{
    Money, Sku,
    inventory::CatalogLine,
    text::{Slug, Tag, Title},
};
use serde::{Deserialize, de::DeserializeOwned};

const CATEGORIES: &str = "categories.yaml";

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
    /// A path below the directory of the catalogue.
    image: Option<PathBuf>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    stock: u32,
}

/// A catalogue in a directory. The lists of products are below `products`. A mounted ConfigMap has
/// no directories; then all files are beside each other.
pub struct Files {
    directory: PathBuf,
    products: Vec<PathBuf>,
    /// The pictures that earlier lines contain, by file name.
    sent: BTreeMap<String, PathBuf>,
}

impl Files {
    /// Lists the files of a catalogue.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        let below = directory.join("products");
        let products = lists(if below.is_dir() { &below } else { directory })?;
        Ok(Self { directory: directory.to_owned(), products, sent: BTreeMap::new() })
    }

    /// Reads every file, and every picture that one names, and returns the number of products. If a
    /// part of a catalogue is unreadable, nothing of it is sent.
    pub fn check(&self) -> anyhow::Result<usize> {
        let mut files = Self::open(&self.directory)?;
        files.categories()?;
        let mut count = 0;
        for at in 0..files.products.len() {
            let lines = files.products(at)?;
            count += lines.iter().filter(|line| matches!(line, CatalogLine::Product { .. })).count();
        }
        Ok(count)
    }

    /// Returns the number of product lists.
    #[must_use]
    pub fn lists(&self) -> usize {
        self.products.len()
    }

    /// Returns the categories, from the top.
    pub fn categories(&self) -> anyhow::Result<Vec<CatalogLine>> {
        let categories: Vec<CategoryEntry> = yaml(&self.directory.join(CATEGORIES))?;
        let line = |CategoryEntry { slug, name, parent }| CatalogLine::Category { slug, name, parent };
        Ok(categories.into_iter().map(line).collect())
    }

    /// Returns the products of a list, each after its picture, unless an earlier line has the
    /// picture.
    pub fn products(&mut self, at: usize) -> anyhow::Result<Vec<CatalogLine>> {
        let file = self.products.get(at).cloned().context("there is no such list")?;
        let mut lines = Vec::new();
        for entry in yaml::<Vec<ProductEntry>>(&file)? {
            let images = match &entry.image {
                Some(image) => vec![self.picture(image, &mut lines)?],
                None => Vec::new(),
            };
            let ProductEntry { sku, name, description, price, category, tags, attributes, stock, .. } = entry;
            lines.push(CatalogLine::Product {
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
        Ok(lines)
    }

    fn picture(&mut self, image: &Path, lines: &mut Vec<CatalogLine>) -> anyhow::Result<String> {
        let name = image
            .file_name()
            .and_then(|name| name.to_str())
            .context("a picture must have a plain file name")?
            .to_owned();
        let kind = picture_kind(&name)
            .with_context(|| format!("{} is not a picture type that is served", image.display()))?;
        let image: PathBuf = image.components().filter(|part| *part != Component::CurDir).collect();
        if let Some(other) = self.sent.get(&name) {
            // A product's line has only the name, so it would get the picture that came last.
            anyhow::ensure!(
                *other == image,
                "{} and {} have one file name; rename one of them",
                other.display(),
                image.display()
            );
        } else {
            let directory = &self.directory;
            let path =
                if directory.join(&image).is_file() { directory.join(&image) } else { directory.join(&name) };
            let data = fs::read(path).with_context(|| image.display().to_string())?;
            lines.push(CatalogLine::Image {
                name: name.clone(),
                content_type: kind.to_owned(),
                data: STANDARD.encode(data),
            });
            self.sent.insert(name.clone(), image);
        }
        Ok(name)
    }
}

/// Lists the product lists in a directory. Skips the entries that Kubernetes adds to a mounted
/// ConfigMap, which begin with a dot.
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

/// Returns the media type of a picture by its file name, or `None` if the shop does not serve such
/// files.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(name: &str, second: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("estore-files-{name}-{}", std::process::id()));
        fs::create_dir_all(directory.join("products")).unwrap();
        fs::write(directory.join("one.svg"), "<svg/>").unwrap();
        fs::write(directory.join(CATEGORIES), "- {slug: c, name: C, parent: null}\n").unwrap();
        let product = |sku: &str| {
            format!(
                "- {{sku: {sku}, name: N, description: d, price: {{amount: 1, currency: USD}}, category: c, image: one.svg}}\n"
            )
        };
        fs::write(directory.join("products/a.yaml"), product("A") + &product("B")).unwrap();
        fs::write(directory.join("products/b.yaml"), product("C") + second).unwrap();
        directory
    }

    #[test]
    fn picture_of_many_products_is_sent_once() {
        let directory = catalogue("once", "");
        let mut files = Files::open(&directory).unwrap();
        assert_eq!((files.check().unwrap(), files.lists(), files.categories().unwrap().len()), (3, 2, 1));
        let kinds = |lines: Vec<CatalogLine>| -> Vec<bool> {
            lines.iter().map(|line| matches!(line, CatalogLine::Image { .. })).collect()
        };
        assert_eq!(kinds(files.products(0).unwrap()), [true, false, false]);
        assert_eq!(kinds(files.products(1).unwrap()), [false]);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn two_pictures_with_one_name_are_refused() {
        let entry = |image: &str| {
            format!(
                "- {{sku: D, name: N, description: d, price: {{amount: 1, currency: USD}}, category: c, image: {image}}}\n"
            )
        };
        let directory = catalogue("names", &entry("below/one.svg"));
        fs::create_dir_all(directory.join("below")).unwrap();
        fs::write(directory.join("below/one.svg"), "<svg></svg>").unwrap();
        let error = format!("{:#}", Files::open(&directory).unwrap().check().unwrap_err());
        assert!(error.contains("one.svg and below/one.svg"), "{error}");
        catalogue("names", &entry("./one.svg"));
        assert_eq!(Files::open(&directory).unwrap().check().unwrap(), 4, "it is the same picture");
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn mistake_in_the_last_list_is_found_first() {
        let directory = catalogue("mistake", "- {sku: no sku}\n");
        let error = Files::open(&directory).unwrap().check().unwrap_err();
        assert!(format!("{error:#}").contains("b.yaml"), "{error:#}");
        fs::remove_dir_all(directory).unwrap();
    }
}
