//! The pages of one product and of a new one: the form of its description, its pictures, its stock
//! and its earlier prices.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_base::random;
use estore_contract::{
    Money, OrderId, Sku,
    inventory::{Category, CategoryTree, Movement, PriceHistory, Product, ProductStatus, Stock},
    verification::Locale,
};
use tokio::join;

use super::{
    Choice, Section,
    product::{Field, FieldChange, ProductForm, Wrong},
};
use crate::{
    Error,
    api::admin::Tagged,
    pages::{Frame, Tone, show_with},
    texts,
    web::Visitor,
};

/// The form of a description as a page shows it.
pub(crate) struct FormView {
    form: ProductForm,
    wrongs: Vec<Wrong>,
    categories: Vec<Choice>,
    locale: Locale,
}

impl FormView {
    /// Creates the form. If the catalogue has no categories to choose from, the form keeps the
    /// product's own.
    fn new(form: ProductForm, wrongs: Vec<Wrong>, tree: Option<&CategoryTree>, locale: Locale) -> Self {
        let mut categories = tree.map(|tree| choices(&tree.items, &form.category)).unwrap_or_default();
        if !form.category.is_empty() && !categories.iter().any(|choice| choice.is_chosen) {
            categories.push(Choice::new(&form.category, &form.category, &form.category));
        }
        Self { form, wrongs, categories, locale }
    }

    fn name(&self, field: &str) -> &'static str {
        Field::of_error(field).map_or("", |field| texts::admin::field(field, self.locale))
    }

    fn rule(&self, field: &str) -> &'static str {
        Field::of_error(field).map_or("", |field| texts::admin::rule(field, self.locale))
    }

    /// Says what is wrong with a field, or nothing.
    fn error(&self, field: &str) -> &'static str {
        let wrong = self.wrongs.iter().find(|wrong| wrong.field.as_str() == field);
        wrong.map_or("", |wrong| texts::admin::mistake(*wrong, self.locale))
    }
}

/// Returns the categories of a tree in its order, each with the names of those above it.
pub(crate) fn choices(tree: &[Category], chosen: &str) -> Vec<Choice> {
    fn add(below: &[Category], path: &str, chosen: &str, found: &mut Vec<Choice>) {
        for category in below {
            let label = if path.is_empty() {
                category.name.to_string()
            } else {
                format!("{path} › {}", category.name)
            };
            found.push(Choice::new(category.slug.as_str(), label.clone(), chosen));
            add(&category.children, &label, chosen, found);
        }
    }
    let mut found = Vec::new();
    add(tree, "", chosen, &mut found);
    found
}

/// Returns the order that a movement of stock belongs to.
pub(crate) fn order_of(movement: &Movement) -> Option<OrderId> {
    movement.reason.parse().ok()
}

/// The form that a visitor sent, and the reason for which it is shown again.
pub(crate) struct Sent {
    pub(crate) status: StatusCode,
    pub(crate) form: ProductForm,
    pub(crate) wrongs: Vec<Wrong>,
    /// The reason, if something is wrong.
    pub(crate) reason: Option<String>,
    /// The effect of saving, for a preview.
    pub(crate) preview: Option<Preview>,
}

/// The effect of saving the form.
pub(crate) struct Preview {
    pub(crate) changes: Vec<FieldChange>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) price: Money,
    pub(crate) image: Option<String>,
}

/// The fields of the form that books stock, as a visitor sent them.
#[derive(Debug, Clone, Default)]
pub(crate) struct StockForm {
    pub(crate) key: String,
    pub(crate) delta: String,
    pub(crate) reason: String,
}

#[derive(Template)]
#[template(path = "admin/product.html")]
struct ProductPage {
    page: Frame,
    section: Section,
    fields: FormView,
    product: Product,
    tag: String,
    preview: Option<Preview>,
    stock: Option<Stock>,
    stock_form: StockForm,
    history: Option<PriceHistory>,
}

impl ProductPage {
    fn is_archived(&self) -> bool {
        self.product.status == ProductStatus::Archived
    }
}

#[derive(Template)]
#[template(path = "admin/new_product.html")]
struct NewProductPage {
    page: Frame,
    section: Section,
    fields: FormView,
    preview: Option<Preview>,
}

/// Shows a product. `now` is the product if the handler has read it already.
pub(crate) async fn show(
    visitor: &Visitor,
    sku: &Sku,
    now: Option<Tagged>,
    sent: Option<Sent>,
    booking: Option<(StatusCode, StockForm, String)>,
) -> Result<Response, Error> {
    let inventory = visitor.inventory();
    let read = async {
        match now {
            Some(now) => Ok(now),
            None => inventory.tagged(sku).await,
        }
    };
    let (now, tree, stock, history) =
        join!(read, inventory.categories(), inventory.stock(sku), inventory.price_history(sku));
    let Tagged { product, tag } = now?;
    let mut page = Frame::new(visitor, product.name.as_str());
    let (tree, stock, history) = (page.part(tree)?, page.part(stock)?, page.part(history)?);
    let (mut status, mut preview) = (StatusCode::OK, None);
    let (form, wrongs) = match sent {
        None => (ProductForm::of(&product, page.locale), Vec::new()),
        Some(sent) => {
            (status, preview) = (sent.status, sent.preview);
            if let Some(reason) = sent.reason {
                page.notice(Tone::Bad, reason);
            }
            (sent.form, sent.wrongs)
        }
    };
    let stock_form = match booking {
        None => StockForm { key: random::uuid_v4().to_string(), ..StockForm::default() },
        Some((of_booking, form, reason)) => {
            status = of_booking;
            page.notice(Tone::Bad, reason);
            form
        }
    };
    let fields = FormView::new(form, wrongs, tree.as_ref(), page.locale);
    let section = Section::Products;
    let shown = ProductPage { page, section, fields, product, tag, preview, stock, stock_form, history };
    show_with(status, visitor, &shown)
}

/// Shows the form of a new product.
pub(crate) async fn show_new(visitor: &Visitor, sent: Option<Sent>) -> Result<Response, Error> {
    let mut page = Frame::titled(visitor, |t| t.admin.products.new);
    let tree = page.part(visitor.inventory().categories().await)?;
    let empty = Sent {
        status: StatusCode::OK,
        form: ProductForm::default(),
        wrongs: Vec::new(),
        reason: None,
        preview: None,
    };
    let Sent { status, form, wrongs, reason, preview } = sent.unwrap_or(empty);
    if let Some(reason) = reason {
        page.notice(Tone::Bad, reason);
    }
    let fields = FormView::new(form, wrongs, tree.as_ref(), page.locale);
    show_with(status, visitor, &NewProductPage { page, section: Section::Products, fields, preview })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree() -> CategoryTree {
        serde_json::from_value(json!({"items": [
            {"slug": "kitchen", "name": "Kitchen", "count": 2, "children": [
                {"slug": "mugs", "name": "Mugs", "count": 2, "children": []}
            ]},
            {"slug": "outdoor", "name": "Outdoor", "count": 0, "children": []}
        ]}))
        .unwrap()
    }

    #[test]
    fn category_is_named_with_those_above_it() {
        let labels: Vec<String> = choices(&tree().items, "").into_iter().map(|choice| choice.label).collect();
        assert_eq!(labels, ["Kitchen", "Kitchen › Mugs", "Outdoor"]);
    }

    #[test]
    fn form_keeps_a_category_that_is_gone() {
        let form = ProductForm { category: "hats".to_owned(), ..ProductForm::default() };
        let view = FormView::new(form, Vec::new(), Some(&tree()), Locale::En);
        let chosen: Vec<&str> =
            view.categories.iter().filter(|choice| choice.is_chosen).map(|choice| &*choice.value).collect();
        assert_eq!(chosen, ["hats"]);
        let without = FormView::new(ProductForm::default(), Vec::new(), None, Locale::En);
        assert!(without.categories.is_empty());
    }

    #[test]
    fn wrong_field_shows_its_mistake() {
        let view = FormView::new(ProductForm::default(), vec![Wrong::rule(Field::Price)], None, Locale::De);
        assert_eq!(view.error("price"), view.rule("price"));
        assert_eq!((view.error("name"), view.name("price")), ("", "Preis"));
    }
}
