//! Lists of products with their filters, as of a category or of a search.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{
    Currency, Page,
    inventory::{Category, Facets, Product},
    text::{Slug, Tag},
    verification::Locale,
};
use serde::{Deserialize, Serialize};

use super::{Frame, Pager, Tone, go_to, show_with, side};
use crate::{
    Error,
    api::{ApiError, ProductQuery, Sort},
    texts::{self, format},
    web::Visitor,
};

/// The number of products on a page.
const LIMIT: u32 = 24;
/// The most tags that the filters offer.
const MOST_TAGS: usize = 16;

/// The parameters of a list, as the form of its filters sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Params {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) category: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tag: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) currency: String,
    /// The currency of `min` and `max` if none is chosen, as a list in one currency offers no
    /// choice. `read` takes it as chosen if there is a price, and else leaves it out.
    #[serde(skip_serializing)]
    pub(crate) price_in: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) min: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) max: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) stock: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sort: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cursor: String,
    /// The cursors of the pages before this one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) back: String,
}

impl Params {
    /// Reads the query of a page. Unknown parameters are ignored, as links from elsewhere have
    /// some.
    pub(crate) fn read(query: Option<&str>) -> Self {
        let mut params: Self = serde_html_form::from_str(query.unwrap_or_default()).unwrap_or_default();
        let price_in = std::mem::take(&mut params.price_in);
        if params.currency.is_empty() && params.has_price() {
            params.currency = price_in;
        }
        params
    }

    fn has_price(&self) -> bool {
        !(self.min.is_empty() && self.max.is_empty())
    }

    /// Returns the question to the catalogue, and true if a filter was left out as not valid.
    /// Prices are read as people write them in this language.
    pub(crate) fn question(&self, locale: Locale) -> (ProductQuery, bool) {
        let mut left_out = false;
        let currency: Option<Currency> = read(&self.currency, |text| text.parse().ok(), &mut left_out);
        let mut price = |text: &str| {
            let (digits, group) = (currency.map(|currency| currency.digits()), format::group_sign(locale));
            read(text, |text| format::minor_units(text, digits?, group).ok(), &mut left_out)
        };
        let (min_price, max_price) = (price(&self.min), price(&self.max));
        let q = self.q.trim();
        let sort = |text: &str| Sort::ALL.into_iter().find(|sort| sort.as_str() == text);
        let tags = self
            .tag
            .iter()
            .filter_map(|tag| read(tag, |tag| Tag::try_from(tag.to_owned()).ok(), &mut left_out));
        let question = ProductQuery {
            q: (!q.is_empty()).then(|| q.chars().take(200).collect()),
            tag: tags.collect(),
            category: read(&self.category, |text| Slug::try_from(text.to_owned()).ok(), &mut left_out),
            currency,
            min_price,
            max_price,
            in_stock: !self.stock.is_empty(),
            sort: read(&self.sort, sort, &mut left_out),
            limit: Some(LIMIT),
            cursor: (!self.cursor.is_empty()).then(|| self.cursor.clone()),
        };
        (question, left_out)
    }

    fn at(&self, cursor: &str, back: &str) -> String {
        let params = Self { cursor: cursor.to_owned(), back: back.to_owned(), ..self.clone() };
        // Plain texts, which always serialize.
        format!("?{}", serde_html_form::to_string(&params).unwrap_or_default())
    }

    fn is_filtered(&self) -> bool {
        let has_others = !(self.tag.is_empty() && self.currency.is_empty() && self.stock.is_empty());
        has_others || self.has_price()
    }
}

/// Reads a filter, and notes if it is not valid.
fn read<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>, left_out: &mut bool) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let value = parse(text);
    *left_out |= value.is_none();
    value
}

/// One value of a filter.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "listing.html")]
struct ListPage<'a> {
    page: Frame,
    /// The categories above the list, outermost first, with its own.
    crumbs: Vec<&'a Category>,
    params: Params,
    total: Option<String>,
    products: Option<Vec<Product>>,
    pager: Pager,
    clear: String,
    sorts: Vec<Choice>,
    categories: Vec<Choice>,
    tags: Vec<Choice>,
    currencies: Vec<Choice>,
}

/// Shows a list with its filters. `crumbs` leads to the category of the list, if it has one.
pub(crate) fn show(
    visitor: &Visitor,
    mut page: Frame,
    params: Params,
    crumbs: Vec<&Category>,
    left_out: bool,
    (products, facets): (Result<Page<Product>, ApiError>, Result<Facets, ApiError>),
) -> Result<Response, Error> {
    let products = match products {
        // The place in the list is not valid any more: the list from its start is.
        Err(error) if error.is(422) && !params.cursor.is_empty() => {
            let path = crumbs.last().map(|category| format!("/categories/{}", category.slug));
            return Ok(go_to(&format!("{}{}", path.as_deref().unwrap_or("/products"), params.at("", ""))));
        }
        products => page.part(products)?,
    };
    let facets = side(facets)?;
    if left_out {
        page.notice(Tone::Bad, page.t.catalogue.no_such_filter);
    }
    page.search.clone_from(&params.q);
    let (locale, facets) = (page.locale, facets.as_ref());
    let next = products.as_ref().and_then(|products| products.next_cursor.as_deref());
    let list = ListPage {
        total: facets.map(|facets| texts::products(facets.total, locale)),
        pager: Pager::new(&params.cursor, &params.back, next, |cursor, back| params.at(cursor, back)),
        clear: Params { q: params.q.clone(), ..Params::default() }.at("", ""),
        sorts: sorts(&params, &page),
        categories: facets.map(|facets| categories(facets, &params, &page)).unwrap_or_default(),
        tags: facets.map(|facets| tags(facets, &params, &page)).unwrap_or_default(),
        currencies: facets.map(|facets| currencies(facets, &params)).unwrap_or_default(),
        products: products.map(|products| products.items),
        crumbs,
        params,
        page,
    };
    let is_here = list.products.is_some();
    show_with(if is_here { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, visitor, &list)
}

fn sorts(params: &Params, page: &Frame) -> Vec<Choice> {
    let is_search = !params.q.trim().is_empty();
    let default = if is_search { Sort::Relevance } else { Sort::Name };
    let chosen = if params.sort.is_empty() { default.as_str() } else { &params.sort };
    // The order by stock is for the back office. A link with it works here too.
    let is_offered = |sort: &Sort| match sort {
        Sort::Relevance => is_search,
        Sort::Scarcest => sort.as_str() == chosen,
        _ => true,
    };
    let offered = Sort::ALL.into_iter().filter(is_offered);
    let choice = |sort: Sort| Choice {
        value: sort.as_str().to_owned(),
        label: texts::sort(sort, page.locale).to_owned(),
        is_chosen: sort.as_str() == chosen,
    };
    offered.map(choice).collect()
}

fn counted(label: &str, count: u64, page: &Frame) -> String {
    format!("{label} ({})", page.count(&count))
}

fn categories(facets: &Facets, params: &Params, page: &Frame) -> Vec<Choice> {
    let choice = |found: &estore_contract::inventory::CategoryCount| Choice {
        value: found.slug.as_str().to_owned(),
        label: counted(found.name.as_str(), found.count, page),
        is_chosen: found.slug.as_str() == params.category,
    };
    facets.categories.iter().map(choice).collect()
}

/// Returns the chosen tags, and the most frequent others.
fn tags(facets: &Facets, params: &Params, page: &Frame) -> Vec<Choice> {
    let is_chosen = |tag: &str| params.tag.iter().any(|chosen| chosen == tag);
    let mut found: Vec<_> = facets.tags.iter().collect();
    found.sort_by_key(|tag| (!is_chosen(tag.tag.as_str()), std::cmp::Reverse(tag.count)));
    let choice = |found: &estore_contract::inventory::TagCount| Choice {
        value: found.tag.as_str().to_owned(),
        label: counted(found.tag.as_str(), found.count, page),
        is_chosen: is_chosen(found.tag.as_str()),
    };
    found.into_iter().take(MOST_TAGS).map(choice).collect()
}

/// Returns the currencies of the list, and the chosen one although no product has it.
fn currencies(facets: &Facets, params: &Params) -> Vec<Choice> {
    let mut found: Vec<Currency> = facets.currencies.iter().map(|found| found.currency).collect();
    let chosen: Option<Currency> = params.currency.parse().ok();
    found.extend(chosen.filter(|chosen| !found.contains(chosen)));
    let choice = |currency: Currency| Choice {
        value: currency.code().to_owned(),
        label: currency.code().to_owned(),
        is_chosen: Some(currency) == chosen,
    };
    found.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_a_query_are_read() {
        let query = "q=+mug+&category=drinkware&tag=camping&tag=gift&currency=USD&min=5&max=20,5&stock=1&sort=-price&utm_source=x";
        let (question, left_out) = Params::read(Some(query)).question(Locale::En);
        assert!(!left_out);
        assert_eq!((question.q.as_deref(), question.tag.len(), question.in_stock), (Some("mug"), 2, true));
        assert_eq!(
            (question.min_price, question.max_price, question.sort),
            (Some(500), Some(2050), Some(Sort::Dearest))
        );
    }

    #[test]
    fn filter_that_is_not_valid_is_left_out() {
        for query in [
            "category=A%20b",
            "tag=%3Cb%3E",
            "currency=usd",
            "min=5",
            "currency=USD&max=x",
            "currency=KWD&max=1,500",
            "sort=best",
        ] {
            let (question, left_out) = Params::read(Some(query)).question(Locale::En);
            let plain =
                ProductQuery { limit: Some(LIMIT), currency: question.currency, ..ProductQuery::default() };
            assert!(left_out && question == plain, "{query}");
        }
        assert!(!Params::read(Some("&&=&x")).question(Locale::En).1);
        assert!(!Params::read(Some("currency=KWD&max=1,500")).question(Locale::De).1);
    }

    #[test]
    fn offered_currency_counts_with_a_price_alone() {
        let read = |query: &str| {
            let (question, left_out) = Params::read(Some(query)).question(Locale::En);
            (question.currency.map(|currency| currency.to_string()), question.min_price, left_out)
        };
        assert_eq!(read("price_in=USD"), (None, None, false));
        assert_eq!(read("price_in=USD&min=5"), (Some("USD".to_owned()), Some(500), false));
        assert_eq!(read("currency=JPY&price_in=USD&min=5"), (Some("JPY".to_owned()), Some(5), false));
        let params = Params::read(Some("price_in=USD&max=5"));
        assert_eq!(params.at("", ""), "?currency=USD&max=5");
    }

    #[test]
    fn next_page_keeps_the_filters() {
        let params = Params::read(Some("q=a%26b&tag=x&tag=y&cursor=old&back=older"));
        assert_eq!(params.at("new", "older.old"), "?q=a%26b&tag=x&tag=y&cursor=new&back=older.old");
        assert_eq!(params.at("", ""), "?q=a%26b&tag=x&tag=y");
    }
}
