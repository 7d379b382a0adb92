//! Lines of `PUT /internal/catalog`. An accepted line reads back equal after it is written again,
//! and is within its bounds.

use estore_contract::{
    Money,
    inventory::{CatalogLine, ProductBody},
    text::Tag,
};
use estore_inventory::domain::{indexed_words, query_words, stored_name, wrong_in_line};
use estore_server::extract::parse_json;

use crate::bodies::there_and_back;

pub(crate) fn check(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    for line in lines {
        there_and_back::<CatalogLine>(line);
        if let Ok(line) = parse_json::<CatalogLine>(line)
            && wrong_in_line(&line).is_empty()
        {
            taken(line);
        }
    }
}

fn taken(line: CatalogLine) {
    match line {
        CatalogLine::Image { name, data, .. } => {
            let stored = stored_name(&name, data.as_bytes());
            assert!(stored.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/'), "{stored}");
        }
        CatalogLine::Category { .. } => {}
        CatalogLine::Product {
            sku, name, description, price, category, tags, images, attributes, ..
        } => {
            assert!((0..=Money::MAX).contains(&price.amount));
            let words =
                indexed_words(name.as_str(), sku.as_str(), tags.iter().map(Tag::as_str), &description);
            assert!(words.len() <= 500 && words.keys().all(|word| word.chars().count() <= 40));
            // Its own SKU finds it, if there is room for it among its words.
            let asked = query_words(sku.as_str());
            assert!(words.len() == 500 || asked.iter().all(|word| words.contains_key(word)), "{asked:?}");
            // An import may write the same as an admin, and no more.
            let body = ProductBody { name, description, price, category, tags, images, attributes };
            let written = serde_json::to_vec(&body).unwrap_or_default();
            assert!(parse_json::<ProductBody>(&written).is_ok(), "{body:?}");
        }
    }
}
