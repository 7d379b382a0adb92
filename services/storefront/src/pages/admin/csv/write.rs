//! Writes products as lines of a table.

use csv::{Terminator, Writer, WriterBuilder};
use estore_contract::{inventory::Product, text::Tag, verification::Locale};

use super::cell::inert;
use crate::texts::format::plain;

/// The columns of an export. An import does not read the last two.
const COLUMNS: [&str; 12] = [
    "sku",
    "name",
    "description",
    "price",
    "currency",
    "category",
    "tags",
    "images",
    "attributes",
    "version",
    "status",
    "available",
];

/// Returns the first line. It begins with a byte order mark, by which spreadsheets recognize UTF-8.
pub(crate) fn header() -> Result<Vec<u8>, csv::Error> {
    let mut written = "\u{feff}".as_bytes().to_vec();
    let mut line = writer();
    line.write_record(COLUMNS)?;
    written.extend(finished(line)?);
    Ok(written)
}

/// Returns one line for each product.
pub(crate) fn lines(products: &[Product]) -> Result<Vec<u8>, csv::Error> {
    let mut lines = writer();
    for product in products {
        let tags = product.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(" ");
        let attributes = if product.attributes.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&product.attributes).map_err(std::io::Error::from)?
        };
        let cells: [&str; COLUMNS.len()] = [
            product.sku.as_str(),
            product.name.as_str(),
            &product.description,
            &plain(product.price, Locale::En),
            product.price.currency.code(),
            product.category.as_str(),
            &tags,
            &product.images.join(" "),
            &attributes,
            &product.version.to_string(),
            product.status.as_str(),
            &product.available.to_string(),
        ];
        // A negative number is no formula, and no such cell is text.
        let inert = cells.iter().zip(COLUMNS).map(|(cell, column)| match column {
            "available" => (*cell).into(),
            _ => inert(cell),
        });
        lines.write_record(inert.map(std::borrow::Cow::into_owned))?;
    }
    finished(lines)
}

fn writer() -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new())
}

fn finished(writer: Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
    let failed = |kind, text: String| csv::Error::from(std::io::Error::new(kind, text));
    writer.into_inner().map_err(|error| failed(error.error().kind(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::admin::product::tests::product;

    #[test]
    fn line_has_a_cell_for_each_column() {
        let line = String::from_utf8(lines(&[product("A")]).unwrap()).unwrap();
        let expected = "A,Mug,Steel.,14.90,USD,mugs,camping,/images/a-mug.svg,\
            \"{\"\"colour\"\":\"\"red\"\",\"\"size\"\":\"\"S\"\"}\",3,active,3\r\n";
        assert_eq!(line, expected);
    }

    #[test]
    fn header_begins_with_a_byte_order_mark() {
        assert!(String::from_utf8(header().unwrap()).unwrap().starts_with("\u{feff}sku,name,"));
    }

    #[test]
    fn name_like_a_formula_is_inert() {
        let mut product = product("A");
        product.name = "=1+1".to_owned().try_into().unwrap();
        assert!(String::from_utf8(lines(&[product]).unwrap()).unwrap().starts_with("A,'=1+1,"));
    }
}
