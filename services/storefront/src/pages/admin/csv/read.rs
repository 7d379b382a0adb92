//! Reads a table of products.

use std::collections::{BTreeMap, HashSet};

use csv::{ReaderBuilder, StringRecord, Trim};
use estore_contract::{
    Money, Sku,
    text::{Slug, Tag, Title},
};

use super::cell::shown;
use crate::pages::admin::product::{
    Field, Mistake, Wrong, attributes, category, description, images, name, price, sku, tags,
};

/// The largest table, in bytes and in lines.
pub(crate) const MOST_BYTES: usize = 1 << 20;
pub(crate) const MOST_ROWS: usize = 2000;

/// Columns of an export that an import does not read: the catalogue changes them in other ways.
const IGNORED: [&str; 2] = ["status", "available"];

/// The column with the version of the product that was exported.
const VERSION: &str = "version";

/// The reason for which a whole table is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is larger than [`MOST_BYTES`].
    TooLarge,
    /// It has more than [`MOST_ROWS`] products.
    TooManyRows,
    /// It is not UTF-8.
    NotUtf8,
    /// It has no first line with names of columns.
    Empty,
    /// The first line names a column that products do not have.
    UnknownColumn(String),
    /// The first line names a column twice.
    TwoColumns(String),
    /// A column is missing: `sku`, or `currency` beside `price`.
    NoColumn(Field),
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) lines: Vec<Line>,
    pub(crate) mistaken: Vec<Mistaken>,
}

/// A line without a mistake. A field is `None` if the table has no such column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The number of the line in its file, from 1.
    pub(crate) number: u64,
    pub(crate) sku: Sku,
    pub(crate) version: Option<u64>,
    pub(crate) name: Option<Title>,
    pub(crate) description: Option<String>,
    pub(crate) price: Option<Money>,
    pub(crate) category: Option<Slug>,
    pub(crate) tags: Option<Vec<Tag>>,
    pub(crate) images: Option<Vec<String>>,
    pub(crate) attributes: Option<BTreeMap<String, String>>,
}

/// A line with a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistaken {
    pub(crate) number: u64,
    pub(crate) sku: String,
    pub(crate) error: LineError,
}

/// The mistake in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineError {
    /// A field is wrong.
    Field(Wrong),
    /// The line has more or fewer cells than the first line.
    Cells,
}

/// Reads a table. Its columns may stand in any order. Accepts semicolons between the cells, which
/// spreadsheets write if the decimal sign is a comma.
pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, Refused> {
    if bytes.len() > MOST_BYTES {
        return Err(Refused::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_invalid| Refused::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: char| first.matches(sign).count();
    let delimiter = if count(';') > count(',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(Trim::Headers)
        .from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers().map_err(|_invalid| Refused::NotUtf8)?, delimiter)?;
    let (mut sheet, mut seen) = (Sheet::default(), HashSet::new());
    for record in reader.records() {
        let record = record.map_err(|_invalid| Refused::NotUtf8)?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if sheet.lines.len() + sheet.mistaken.len() == MOST_ROWS {
            return Err(Refused::TooManyRows);
        }
        let number = record.position().map_or(0, |position| line_of(text, position));
        let sku = columns.cell(&record, Field::Sku.as_str()).unwrap_or_default().trim().to_owned();
        let line = columns.line(number, &record).and_then(|line| {
            let twice = Wrong { field: Field::Sku, mistake: Mistake::Twice };
            seen.insert(line.sku.clone()).then_some(line).ok_or(LineError::Field(twice))
        });
        match line {
            Ok(line) => sheet.lines.push(line),
            Err(error) => sheet.mistaken.push(Mistaken { number, sku, error }),
        }
    }
    Ok(sheet)
}

/// Returns the number of a record's line. The position is that of the end of the line before, so
/// line ends and empty lines may follow it.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte()).ok().and_then(|byte| text.get(byte..)).unwrap_or_default();
    let ends = rest.bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| *byte == b'\n');
    position.line() + u64::try_from(ends.count()).unwrap_or_default()
}

/// The names of the columns, in their order, and the sign between the cells.
struct Columns {
    names: Vec<String>,
    delimiter: u8,
}

impl Columns {
    fn of(first: &StringRecord, delimiter: u8) -> Result<Self, Refused> {
        let names: Vec<String> = first.iter().map(str::to_lowercase).collect();
        if names.iter().all(String::is_empty) {
            return Err(Refused::Empty);
        }
        let is_known = |name: &str| {
            name == VERSION
                || IGNORED.contains(&name)
                || Field::ALL.iter().any(|field| field.as_str() == name)
        };
        for (at, name) in names.iter().enumerate() {
            if !is_known(name) {
                return Err(Refused::UnknownColumn(name.chars().take(40).collect()));
            }
            if names.iter().take(at).any(|earlier| earlier == name) {
                return Err(Refused::TwoColumns(name.clone()));
            }
        }
        let has = |field: Field| names.iter().any(|name| name == field.as_str());
        for (needed, by) in
            [(Field::Sku, None), (Field::Currency, Some(Field::Price)), (Field::Price, Some(Field::Currency))]
        {
            if by.is_none_or(has) && !has(needed) {
                return Err(Refused::NoColumn(needed));
            }
        }
        Ok(Self { names, delimiter })
    }

    /// Returns the text of a cell, or `None` if the table has no such column.
    fn cell<'a>(&self, record: &'a StringRecord, name: &str) -> Option<&'a str> {
        let at = self.names.iter().position(|column| column == name)?;
        record.get(at).map(shown)
    }

    fn line(&self, number: u64, record: &StringRecord) -> Result<Line, LineError> {
        if record.len() != self.names.len() {
            return Err(LineError::Cells);
        }
        self.fields(number, record).map_err(LineError::Field)
    }

    fn fields(&self, number: u64, record: &StringRecord) -> Result<Line, Wrong> {
        let cell = |field: Field| self.cell(record, field.as_str());
        let version = match self.cell(record, VERSION).map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(
                text.parse().map_err(|_invalid| Wrong { field: Field::Sku, mistake: Mistake::Version })?,
            ),
        };
        Ok(Line {
            number,
            sku: sku(cell(Field::Sku).unwrap_or_default())?,
            version,
            name: cell(Field::Name).map(name).transpose()?,
            description: cell(Field::Description).map(description).transpose()?,
            price: cell(Field::Price)
                .zip(cell(Field::Currency))
                .map(|(amount, currency)| self.price(amount, currency))
                .transpose()?,
            category: cell(Field::Category).map(category).transpose()?,
            tags: cell(Field::Tags).map(tags).transpose()?,
            images: cell(Field::Images).map(images).transpose()?,
            attributes: cell(Field::Attributes).map(facts).transpose()?,
        })
    }

    /// Reads a price. Spreadsheets write semicolons between the cells if the decimal sign is a
    /// comma. So in a table with commas between the cells, a comma in a price separates thousands.
    fn price(&self, amount: &str, currency: &str) -> Result<Money, Wrong> {
        if self.delimiter == b';' {
            return price(amount, currency, '.');
        }
        if amount.contains(',') {
            return Err(Wrong { field: Field::Price, mistake: Mistake::Comma });
        }
        price(amount, currency, ',')
    }
}

/// Reads facts, which are a JSON object of texts.
fn facts(cell: &str) -> Result<BTreeMap<String, String>, Wrong> {
    if cell.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    attributes(serde_json::from_str(cell).map_err(|_invalid| Wrong::rule(Field::Attributes))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::admin::{
        csv::{header, lines},
        product::tests::product,
    };

    fn rule(field: Field) -> LineError {
        LineError::Field(Wrong::rule(field))
    }

    #[test]
    fn exported_table_is_read_back() {
        let mut table = header().unwrap();
        let mut odd = product("B");
        odd.description = "Two\nlines, \"quoted\"; and =more".to_owned();
        odd.name = "'=1+1".to_owned().try_into().unwrap();
        table.extend(lines(&[product("A"), odd.clone()]).unwrap());
        let sheet = read(&table).unwrap();
        assert_eq!(sheet.mistaken, []);
        let [first, second] = &sheet.lines[..] else { panic!("{sheet:?}") };
        assert_eq!((first.number, first.version), (2, Some(3)));
        assert_eq!(first.price, Some(product("A").price));
        assert_eq!(first.attributes, Some(product("A").attributes));
        assert_eq!(second.name, Some(odd.name));
        assert_eq!(second.description, Some(odd.description));
    }

    #[test]
    fn mistake_names_its_line() {
        let table = "sku,price,currency\nA,1.00,USD\n\nB,x,USD\nC,1.00\nA,2.00,USD\n!,1,USD\nD,1,XXX\n";
        let sheet = read(table.as_bytes()).unwrap();
        assert_eq!(sheet.lines.len(), 1);
        let twice = LineError::Field(Wrong { field: Field::Sku, mistake: Mistake::Twice });
        let mistaken: Vec<_> = sheet.mistaken.into_iter().map(|line| (line.number, line.error)).collect();
        let expected = [
            (4, rule(Field::Price)),
            (5, LineError::Cells),
            (6, twice),
            (7, rule(Field::Sku)),
            (8, rule(Field::Currency)),
        ];
        assert_eq!(mistaken, expected);
    }

    #[test]
    fn semicolons_and_decimal_commas_are_read() {
        let sheet = read("\u{feff}SKU;Price;Currency\r\nA;14,90;EUR\r\n".as_bytes()).unwrap();
        assert_eq!(sheet.lines[0].price.unwrap().amount, 1490);
        assert_eq!(sheet.lines[0].name, None);
    }

    #[test]
    fn table_with_unusable_columns_is_refused() {
        let refused = |table: &str| read(table.as_bytes()).unwrap_err();
        assert_eq!(refused(""), Refused::Empty);
        assert_eq!(refused("name\nMug"), Refused::NoColumn(Field::Sku));
        assert_eq!(refused("sku,price\nA,1"), Refused::NoColumn(Field::Currency));
        assert_eq!(refused("sku,stock\nA,1"), Refused::UnknownColumn("stock".to_owned()));
        assert_eq!(refused("sku,name,name\nA,B,C"), Refused::TwoColumns("name".to_owned()));
        assert_eq!(read(b"sku,name\nA,M\xfcller").unwrap_err(), Refused::NotUtf8);
    }

    #[test]
    fn table_is_bounded_in_bytes_and_lines() {
        let table = |rows: usize| {
            let rows = (0..rows).map(|at| format!("S{at},Mug\n"));
            format!("sku,name\n{}", rows.collect::<String>())
        };
        assert_eq!(read(table(MOST_ROWS).as_bytes()).unwrap().lines.len(), MOST_ROWS);
        assert_eq!(read(table(MOST_ROWS + 1).as_bytes()), Err(Refused::TooManyRows));
        assert_eq!(read(&vec![b'x'; MOST_BYTES + 1]), Err(Refused::TooLarge));
    }

    #[test]
    fn version_that_is_no_number_is_a_mistake() {
        let sheet = read(b"sku,version\nA,x\nB,\nC,7\n").unwrap();
        assert_eq!(sheet.lines.iter().map(|line| line.version).collect::<Vec<_>>(), [None, Some(7)]);
        let wrong = Wrong { field: Field::Sku, mistake: Mistake::Version };
        assert_eq!(sheet.mistaken[0].error, LineError::Field(wrong));
    }
}
