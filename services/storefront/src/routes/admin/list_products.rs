//! `GET /admin/products`: the catalogue, archived products too.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use estore_contract::{
    inventory::{Product, ProductStatus},
    text::{Slug, Tag},
};
use serde::{Deserialize, Serialize};
use tokio::join;

use crate::{
    Error,
    api::{ApiError, Sort, admin::CatalogueQuery},
    pages::{
        self, Frame, Pager, Tone,
        admin::{Choice, LIMIT, Section, filter, link, params, product_page::choices},
    },
    texts,
    web::Owner,
};

/// The filters, as their form sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
struct Params {
    q: String,
    category: String,
    tag: String,
    currency: String,
    stock: String,
    status: String,
    sort: String,
    cursor: String,
    /// The cursors of the pages before this one.
    back: String,
}

impl Params {
    /// Returns the question to the service, and true if a filter was left out.
    fn question(&self) -> (CatalogueQuery, bool) {
        let mut wrong = false;
        let limit = Some(LIMIT);
        let cursor = (!self.cursor.is_empty()).then(|| self.cursor.clone());
        // The list of archived products has no other filters.
        if self.is_archived() {
            let status = Some(ProductStatus::Archived);
            return (CatalogueQuery { status, limit, cursor, ..CatalogueQuery::default() }, false);
        }
        let sort = |text: &str| Sort::ALL.into_iter().find(|sort| sort.as_str() == text);
        let query = CatalogueQuery {
            q: filter(&self.q, |text| Some(text.chars().take(200).collect()), &mut wrong),
            category: filter(&self.category, |text| Slug::try_from(text.to_owned()).ok(), &mut wrong),
            tag: filter(&self.tag, |text| Tag::try_from(text.to_owned()).ok(), &mut wrong),
            currency: filter(&self.currency, |text| text.parse().ok(), &mut wrong),
            in_stock: !self.stock.is_empty(),
            status: None,
            sort: filter(&self.sort, sort, &mut wrong),
            limit,
            cursor,
        };
        (query, wrong)
    }

    fn is_archived(&self) -> bool {
        self.status == ProductStatus::Archived.as_str()
    }

    fn pager(&self, next: Option<&str>) -> Pager {
        let at = |cursor: &str, back: &str| {
            link(
                "/admin/products",
                &Self { cursor: cursor.to_owned(), back: back.to_owned(), ..self.clone() },
            )
        };
        Pager::new(&self.cursor, &self.back, next, at)
    }
}

#[derive(Template)]
#[template(path = "admin/products.html")]
struct ProductsPage {
    page: Frame,
    section: Section,
    params: Params,
    statuses: Vec<Choice>,
    categories: Vec<Choice>,
    sorts: Vec<Choice>,
    products: Option<Vec<Product>>,
    pager: Pager,
}

pub(super) async fn show(owner: Owner, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let params: Params = params(query.as_deref());
    let (question, wrong) = params.question();
    let inventory = owner.inventory();
    let (products, tree) = join!(inventory.catalogue(&question), inventory.categories());
    let mut page = Frame::titled(&owner, |t| t.admin.products.title);
    if wrong {
        page.notice(Tone::Bad, page.t.admin.orders.wrong);
    }
    let products = match products {
        // A cursor of another list, as of a link that was edited.
        Err(ApiError::Answered(body)) if body.status_code == 422 && !params.cursor.is_empty() => {
            return Ok(pages::go_to("/admin/products"));
        }
        products => page.part(products)?,
    };
    let tree = page.part(tree)?;
    let next = products.as_ref().and_then(|products| products.next_cursor.as_deref());
    let (t, locale) = (&page.t.admin.products, page.locale);
    let shown = ProductsPage {
        section: Section::Products,
        statuses: vec![
            Choice::new("", t.on_sale, &params.status),
            Choice::new(ProductStatus::Archived.as_str(), t.archived, &params.status),
        ],
        categories: tree.map(|tree| choices(&tree.items, &params.category)).unwrap_or_default(),
        sorts: Sort::ALL
            .map(|sort| Choice::new(sort.as_str(), texts::sort(sort, locale), &params.sort))
            .into(),
        pager: params.pager(next),
        products: products.map(|products| products.items),
        params,
        page,
    };
    pages::show(&owner, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archived_list_has_no_other_filters() {
        let (query, wrong) = params::<Params>(Some("status=archived&q=mug&tag=Bad")).question();
        let status = Some(ProductStatus::Archived);
        assert_eq!(query, CatalogueQuery { status, limit: Some(LIMIT), ..CatalogueQuery::default() });
        assert!(!wrong);
    }

    #[test]
    fn filters_of_products_are_read() {
        let (query, wrong) =
            params::<Params>(Some("q=mug&category=mugs&tag=camping&currency=EUR&stock=1&sort=-price"))
                .question();
        assert!(!wrong && query.in_stock);
        assert_eq!((query.q.as_deref(), query.sort), (Some("mug"), Some(Sort::Dearest)));
        let (query, wrong) = params::<Params>(Some("currency=euro&sort=best")).question();
        assert_eq!(
            (query, wrong),
            (CatalogueQuery { limit: Some(LIMIT), ..CatalogueQuery::default() }, true)
        );
    }
}
