//! The effect that a table would have on the catalogue.

use std::collections::{HashMap, HashSet};

use estore_contract::{
    Sku,
    inventory::{NewProduct, Product, ProductBody},
    text::Slug,
};
use sha2::{Digest, Sha256};

use super::read::{Line, LineError, Mistaken, Sheet};
use crate::pages::admin::product::{Difference, Field, Mistake, Wrong, difference, new_product};

/// The products and categories that exist.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) products: HashMap<Sku, Product>,
    pub(crate) categories: HashSet<Slug>,
}

/// A change that a line makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The SKU is new.
    Create(Box<NewProduct>),
    /// The product exists and differs.
    Update(Box<Update>),
}

impl Change {
    /// Returns the product that is created.
    pub(crate) fn created(&self) -> Option<&NewProduct> {
        match self {
            Self::Create(new) => Some(new),
            Self::Update(_) => None,
        }
    }

    /// Returns the change of a product that exists.
    pub(crate) fn updated(&self) -> Option<&Update> {
        match self {
            Self::Create(_) => None,
            Self::Update(update) => Some(update),
        }
    }
}

/// A change of an existing product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Update {
    pub(crate) sku: Sku,
    /// The version of the product with which the line was compared.
    pub(crate) version: u64,
    pub(crate) difference: Difference,
}

/// All changes of a table, with the numbers of their lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) changes: Vec<(u64, Change)>,
    pub(crate) unchanged: usize,
    pub(crate) mistaken: Vec<Mistaken>,
}

impl Plan {
    /// Compares the lines of `sheet` with what exists.
    pub(crate) fn of(sheet: Sheet, known: &Known) -> Self {
        let mut plan = Self { mistaken: sheet.mistaken, ..Self::default() };
        for line in sheet.lines {
            let (number, sku) = (line.number, line.sku.to_string());
            match change(line, known) {
                Ok(Some(change)) => plan.changes.push((number, change)),
                Ok(None) => plan.unchanged += 1,
                Err(wrong) => {
                    plan.mistaken.push(Mistaken { number, sku, error: LineError::Field(wrong) });
                }
            }
        }
        plan.mistaken.sort_by_key(|line| line.number);
        plan
    }

    /// Returns the number of products that are created, and of those that change.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let created = self.changes.iter().filter(|(_, change)| change.created().is_some()).count();
        (created, self.changes.len() - created)
    }

    /// Returns the fingerprint of the changes. An import with another fingerprint is not the one
    /// that its admin saw.
    pub(crate) fn fingerprint(&self) -> Result<String, serde_json::Error> {
        let mut digest = Sha256::new();
        for (number, change) in &self.changes {
            digest.update(number.to_be_bytes());
            match change {
                Change::Create(new) => digest.update(serde_json::to_vec(new)?),
                Change::Update(update) => {
                    digest.update(update.version.to_be_bytes());
                    digest.update(update.sku.as_str());
                    digest.update(serde_json::to_vec(&update.difference.patch)?);
                }
            }
        }
        Ok(hex::encode(digest.finalize()))
    }
}

fn change(line: Line, known: &Known) -> Result<Option<Change>, Wrong> {
    if line.category.as_ref().is_some_and(|category| !known.categories.contains(category)) {
        return Err(Wrong { field: Field::Category, mistake: Mistake::UnknownCategory });
    }
    let Some(now) = known.products.get(&line.sku) else {
        return created(line).map(|new| Some(Change::Create(Box::new(new))));
    };
    let version = line.version.unwrap_or(now.version);
    let wanted = ProductBody {
        name: line.name.unwrap_or_else(|| now.name.clone()),
        description: line.description.unwrap_or_else(|| now.description.clone()),
        price: line.price.unwrap_or(now.price),
        category: line.category.unwrap_or_else(|| now.category.clone()),
        tags: line.tags.unwrap_or_else(|| now.tags.clone()),
        images: line.images.unwrap_or_else(|| now.images.clone()),
        attributes: line.attributes.unwrap_or_else(|| now.attributes.clone()),
    };
    let Some(difference) = difference(now, &wanted) else { return Ok(None) };
    // A line that an import wrote has raised the version, and has no difference any more.
    if version != now.version {
        return Err(Wrong { field: Field::Sku, mistake: Mistake::Changed });
    }
    Ok(Some(Change::Update(Box::new(Update { sku: now.sku.clone(), version, difference }))))
}

fn created(line: Line) -> Result<NewProduct, Wrong> {
    let missing = |field| Wrong { field, mistake: Mistake::Missing };
    let body = ProductBody {
        name: line.name.ok_or(missing(Field::Name))?,
        description: line.description.unwrap_or_default(),
        price: line.price.ok_or(missing(Field::Price))?,
        category: line.category.ok_or(missing(Field::Category))?,
        tags: line.tags.unwrap_or_default(),
        images: line.images.unwrap_or_default(),
        attributes: line.attributes.unwrap_or_default(),
    };
    Ok(new_product(line.sku, body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::admin::{
        csv::{header, lines, read},
        product::tests::product,
    };

    fn known() -> Known {
        let products = ["A", "B"].map(|sku| (sku.parse().unwrap(), product(sku)));
        let category = "mugs".to_owned().try_into().unwrap();
        Known { products: products.into(), categories: [category].into() }
    }

    fn plan(table: &str) -> Plan {
        Plan::of(read(table.as_bytes()).unwrap(), &known())
    }

    #[test]
    fn exported_table_changes_nothing() {
        let mut table = header().unwrap();
        table.extend(lines(&[product("A"), product("B")]).unwrap());
        let plan = Plan::of(read(&table).unwrap(), &known());
        assert_eq!((plan.changes.len(), plan.unchanged, plan.mistaken.len()), (0, 2, 0));
    }

    #[test]
    fn plan_tells_new_from_changed() {
        let plan = plan(
            "sku,name,price,currency,category\nA,Cup,14.90,USD,mugs\nB,Mug,14.90,USD,mugs\nN,New,1,USD,mugs\n",
        );
        assert_eq!((plan.counts(), plan.unchanged), ((1, 1), 1));
        let (2, Change::Update(update)) = &plan.changes[0] else { panic!("{plan:?}") };
        assert_eq!(update.version, 3);
        let shown: Vec<_> = update.difference.changes.iter().map(|it| (&*it.before, &*it.after)).collect();
        assert_eq!(shown, [("Mug", "Cup")]);
    }

    #[test]
    fn absent_column_keeps_its_field() {
        let plan = plan("sku,description\nA,\nB,Steel.\n");
        let (_, Change::Update(update)) = &plan.changes[0] else { panic!("{plan:?}") };
        assert_eq!(
            serde_json::to_value(&update.difference.patch).unwrap(),
            serde_json::json!({"description": ""})
        );
        assert_eq!((plan.changes.len(), plan.unchanged), (1, 1));
    }

    #[test]
    fn line_that_cannot_apply_is_mistaken() {
        let plan = plan("sku,version,name,category\nA,2,Cup,mugs\nN,,New,mugs\nB,3,Cup,hats\n");
        let mistakes: Vec<_> = plan.mistaken.iter().map(|line| (line.number, line.error.clone())).collect();
        let wrong = |field, mistake| LineError::Field(Wrong { field, mistake });
        let expected = [
            (2, wrong(Field::Sku, Mistake::Changed)),
            (3, wrong(Field::Price, Mistake::Missing)),
            (4, wrong(Field::Category, Mistake::UnknownCategory)),
        ];
        assert_eq!((mistakes, plan.changes.len()), (expected.to_vec(), 0));
    }

    #[test]
    fn fingerprint_changes_with_a_version() {
        let table = "sku,name\nA,Cup\n";
        let before = plan(table).fingerprint().unwrap();
        assert_eq!(plan(table).fingerprint().unwrap(), before);
        let mut known = known();
        known.products.get_mut("A").unwrap().version += 1;
        let after = Plan::of(read(table.as_bytes()).unwrap(), &known);
        assert_ne!(after.fingerprint().unwrap(), before);
        assert_ne!(plan("sku,name\nA,Pot\n").fingerprint().unwrap(), before);
    }
}
