//! Descriptions of products, as admins type them into forms and tables.

mod change;
mod field;
mod form;

pub(crate) use change::{Difference, FieldChange, difference};
pub(crate) use field::{
    Field, Mistake, Wrong, attributes, category, description, images, name, price, sku, tags, wrongs_of,
};
pub(crate) use form::{ProductForm, new_product};

#[cfg(test)]
pub(crate) use change::tests;
