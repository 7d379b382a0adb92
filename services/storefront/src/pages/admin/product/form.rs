//! The form of a product.

use std::collections::BTreeMap;

use estore_contract::{
    Sku,
    inventory::{NewProduct, Product, ProductBody},
    text::Tag,
    verification::Locale,
};
use serde::Deserialize;

use super::{
    Field, Mistake, Wrong,
    field::{attributes, category, description, images, name, price, sku, tags},
};
use crate::texts::format::{group_sign, plain};

/// The fields of the form, as the browser sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct ProductForm {
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) price: String,
    pub(crate) currency: String,
    pub(crate) category: String,
    pub(crate) tags: String,
    pub(crate) images: String,
    /// The names of facts. The values stand at the same places in the next list.
    pub(crate) attribute_name: Vec<String>,
    pub(crate) attribute_value: Vec<String>,
    /// The version of the product that the form shows.
    pub(crate) version: String,
    /// The button: `preview` or `save`.
    pub(crate) action: String,
}

/// The number of empty rows for more facts.
const MORE: usize = 3;

impl ProductForm {
    /// Fills the form with a product.
    pub(crate) fn of(product: &Product, locale: Locale) -> Self {
        let (attribute_name, attribute_value) = product.attributes.clone().into_iter().unzip();
        Self {
            sku: product.sku.to_string(),
            name: product.name.to_string(),
            description: product.description.clone(),
            price: plain(product.price, locale),
            currency: product.price.currency.to_string(),
            category: product.category.to_string(),
            tags: product.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(" "),
            images: product.images.join("\n"),
            attribute_name,
            attribute_value,
            version: product.version.to_string(),
            action: String::new(),
        }
    }

    /// Returns the rows of facts, and some empty ones.
    pub(crate) fn facts(&self) -> Vec<(String, String)> {
        let rows = self.attribute_name.iter().cloned().zip(self.attribute_value.iter().cloned());
        let filled = rows.filter(|(name, value)| !name.is_empty() || !value.is_empty());
        filled.chain(std::iter::repeat_n((String::new(), String::new()), MORE)).collect()
    }

    /// Reports whether the form is to be saved, and not only shown.
    pub(crate) fn is_saved(&self) -> bool {
        self.action == "save"
    }

    /// Reads the SKU, which only the form of a new product has.
    pub(crate) fn sku(&self) -> Result<Sku, Wrong> {
        if self.sku.trim().is_empty() {
            return Err(Wrong { field: Field::Sku, mistake: Mistake::Missing });
        }
        sku(&self.sku)
    }

    /// Reads the description, as people write it in this language. Returns every mistake.
    pub(crate) fn body(&self, locale: Locale) -> Result<ProductBody, Vec<Wrong>> {
        let (name, description) = (name(&self.name), description(&self.description));
        let price = price(&self.price, &self.currency, group_sign(locale));
        let category = category(&self.category);
        let (tags, images, attributes) = (tags(&self.tags), images(&self.images), self.attributes());
        match (name, description, price, category, tags, images, attributes) {
            (Ok(name), Ok(description), Ok(price), Ok(category), Ok(tags), Ok(images), Ok(attributes)) => {
                Ok(ProductBody { name, description, price, category, tags, images, attributes })
            }
            (name, description, price, category, tags, images, attributes) => {
                let wrong = [
                    name.err(),
                    description.err(),
                    price.err(),
                    category.err(),
                    tags.err(),
                    images.err(),
                    attributes.err(),
                ];
                Err(wrong.into_iter().flatten().collect())
            }
        }
    }

    fn attributes(&self) -> Result<BTreeMap<String, String>, Wrong> {
        let mut facts = BTreeMap::new();
        for (name, value) in self.attribute_name.iter().zip(&self.attribute_value) {
            let (name, value) = (name.trim(), value.trim());
            if name.is_empty() && value.is_empty() {
                continue;
            }
            if facts.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(Wrong { field: Field::Attributes, mistake: Mistake::Twice });
            }
        }
        attributes(facts)
    }
}

/// Returns the new product with this description.
pub(crate) fn new_product(sku: Sku, body: ProductBody) -> NewProduct {
    let ProductBody { name, description, price, category, tags, images, attributes } = body;
    NewProduct { sku, name, description, price, category, tags, images, attributes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::admin::product::tests::{body, product};

    #[test]
    fn form_of_a_product_changes_nothing() {
        let product = product("A");
        assert_eq!(ProductForm::of(&product, Locale::De).body(Locale::De).unwrap(), body(&product));
        assert_eq!(ProductForm::of(&product, Locale::De).sku().unwrap(), product.sku);
    }

    #[test]
    fn every_mistake_of_a_form_is_named() {
        let form = ProductForm { price: "x".to_owned(), currency: "USD".to_owned(), ..Default::default() };
        let wrong = form.body(Locale::En).unwrap_err();
        let fields: Vec<Field> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, [Field::Name, Field::Price, Field::Category]);
        assert_eq!(form.sku().unwrap_err().mistake, Mistake::Missing);
    }

    #[test]
    fn fact_named_twice_is_a_mistake() {
        let mut form = ProductForm::of(&product("A"), Locale::En);
        form.attribute_name = vec!["size".to_owned(), String::new(), " size ".to_owned()];
        form.attribute_value = vec!["S".to_owned(), String::new(), "M".to_owned()];
        let wrong = form.body(Locale::En).unwrap_err();
        assert_eq!(wrong, [Wrong { field: Field::Attributes, mistake: Mistake::Twice }]);
        form.attribute_name[2] = String::new();
        assert_eq!(form.body(Locale::En).unwrap_err(), [Wrong::rule(Field::Attributes)]);
    }

    #[test]
    fn form_offers_empty_rows_for_facts() {
        let rows = ProductForm::of(&product("A"), Locale::En).facts();
        assert_eq!(rows.len(), 2 + MORE);
        assert_eq!(rows[0], ("colour".to_owned(), "red".to_owned()));
    }
}
