//! The import of a table of products: what it would change, and the changes themselves.

use std::time::Duration;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{
    Sku,
    inventory::{Category, ProductStatus},
    text::Slug,
};
use tokio::time::{Instant, timeout_at};

use super::{
    Section,
    csv::{Change, Known, MOST_BYTES, Plan, Sheet, read},
    multipart::FileForm,
};
use crate::{
    Error,
    api::{
        ApiError, Service,
        admin::{CatalogueQuery, Tagged},
    },
    pages::{Frame, Tone, show_with},
    texts::admin::{refusal, refused},
    web::Visitor,
};

/// The form with a table.
pub(crate) type TableForm = FileForm<MOST_BYTES>;

/// The SKUs of one call, and the most pages of archived products that are searched.
const TOGETHER: usize = 100;
const MOST_PAGES: usize = 50;
/// The most changes of a request, and the time from its start after which it begins none but the
/// first. The admin goes on with another request.
const MOST_CHANGES: usize = 200;
const LONGEST: Duration = Duration::from_secs(15);
/// The time from the start of a request in which the plan of what is left must be there. A request
/// has 30 s, and what it has done must be said.
const ENDS_WITHIN: Duration = Duration::from_secs(27);
/// The most changes that the page lists.
const MOST_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "admin/import.html")]
struct ImportPage {
    page: Frame,
    section: Section,
    plan: Option<Shown>,
    done: Option<usize>,
    failed: Vec<(u64, String, String)>,
}

/// A plan with its table, which the form sends again.
struct Shown {
    plan: Plan,
    table: String,
    fingerprint: String,
}

impl Shown {
    fn created(&self) -> usize {
        self.plan.counts().0
    }

    fn updated(&self) -> usize {
        self.plan.counts().1
    }

    fn listed(&self) -> impl Iterator<Item = &(u64, Change)> {
        self.plan.changes.iter().take(MOST_SHOWN)
    }

    fn is_cut(&self) -> bool {
        self.plan.changes.len() > MOST_SHOWN
    }
}

/// The outcome of a request that made changes.
#[derive(Debug, Default)]
struct Outcome {
    done: usize,
    failed: Vec<(u64, String, String)>,
    is_stopped: bool,
}

/// Shows the form for a table, with the reason for which a table was refused.
pub(crate) fn ask(visitor: &Visitor, reason: Option<String>) -> Result<Response, Error> {
    let mut page = frame(visitor);
    let status = if reason.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if let Some(reason) = reason {
        page.notice(Tone::Bad, reason);
    }
    let section = Section::Products;
    show_with(status, visitor, &ImportPage { page, section, plan: None, done: None, failed: Vec::new() })
}

/// Shows what a table would change.
pub(crate) async fn plan(visitor: &Visitor, table: &[u8]) -> Result<Response, Error> {
    match read(table) {
        Err(why) => ask(visitor, Some(refused(&why, visitor.locale))),
        Ok(sheet) => {
            let plan = planned(visitor, sheet).await?;
            shown(visitor, frame(visitor), plan, table, None)
        }
    }
}

/// Makes the changes of a table, if they are those that the admin saw.
pub(crate) async fn apply(visitor: &Visitor, table: &[u8], fingerprint: &str) -> Result<Response, Error> {
    let started = Instant::now();
    // Browsers send the lines of a text with two characters at their ends.
    let table = String::from_utf8_lossy(table).replace("\r\n", "\n").into_bytes();
    let table = table.as_slice();
    let sheet = match read(table) {
        Ok(sheet) => sheet,
        Err(why) => return ask(visitor, Some(refused(&why, visitor.locale))),
    };
    let plan = planned_by(started + LONGEST, visitor, sheet.clone()).await?;
    let mut page = frame(visitor);
    if self::fingerprint(&plan)? != fingerprint {
        page.notice(Tone::Bad, page.t.admin.tables.moved);
        return shown(visitor, page, plan, table, None);
    }
    let outcome = make(visitor, plan.changes, started + LONGEST).await;
    // Made changes are no changes any more, so the new plan has what is left.
    let left = match planned_by(started + ENDS_WITHIN, visitor, sheet).await {
        Err(ApiError::Away(_)) => None,
        left => Some(left?),
    };
    if outcome.is_stopped || left.is_none() {
        page.notice(Tone::Bad, page.t.admin.tables.stopped);
    }
    let Some(left) = left else {
        let (done, failed) = (Some(outcome.done), outcome.failed);
        let shown = ImportPage { page, section: Section::Products, plan: None, done, failed };
        return show_with(StatusCode::OK, visitor, &shown);
    };
    if left.changes.is_empty() && outcome.failed.is_empty() {
        page.notice(Tone::Good, page.t.admin.tables.all_done);
    }
    shown(visitor, page, left, table, Some(outcome))
}

fn frame(visitor: &Visitor) -> Frame {
    Frame::titled(visitor, |t| t.admin.tables.title)
}

fn fingerprint(plan: &Plan) -> Result<String, Error> {
    plan.fingerprint().map_err(|error| Error::Template(error.to_string()))
}

fn shown(
    visitor: &Visitor,
    page: Frame,
    plan: Plan,
    table: &[u8],
    outcome: Option<Outcome>,
) -> Result<Response, Error> {
    let fingerprint = fingerprint(&plan)?;
    let table = String::from_utf8_lossy(table).into_owned();
    let done = outcome.as_ref().map(|outcome| outcome.done);
    let failed = outcome.map(|outcome| outcome.failed).unwrap_or_default();
    let plan = Some(Shown { plan, table, fingerprint });
    show_with(StatusCode::OK, visitor, &ImportPage { page, section: Section::Products, plan, done, failed })
}

/// Compares a table with the catalogue. If that takes too long, the catalogue counts as away.
async fn planned_by(end: Instant, visitor: &Visitor, sheet: Sheet) -> Result<Plan, ApiError> {
    let late = |_elapsed| Err(ApiError::Away(Service::Inventory));
    timeout_at(end, planned(visitor, sheet)).await.unwrap_or_else(late)
}

/// Compares a table with the catalogue.
async fn planned(visitor: &Visitor, sheet: Sheet) -> Result<Plan, ApiError> {
    let inventory = visitor.inventory();
    let mut known = Known::default();
    for category in &inventory.categories().await?.items {
        add(category, &mut known);
    }
    let skus: Vec<Sku> = sheet.lines.iter().map(|line| line.sku.clone()).collect();
    for together in skus.chunks(TOGETHER) {
        let found = inventory.by_skus(together).await?;
        known.products.extend(found.into_iter().map(|product| (product.sku.clone(), product)));
    }
    if known.products.len() < skus.len() {
        archived(visitor, &mut known).await?;
    }
    Ok(Plan::of(sheet, &known))
}

fn add(category: &Category, known: &mut Known) {
    let slug: Slug = category.slug.clone();
    known.categories.insert(slug);
    for child in &category.children {
        add(child, known);
    }
}

/// Adds the archived products: a table may change them as well, and must not create them again.
async fn archived(visitor: &Visitor, known: &mut Known) -> Result<(), ApiError> {
    let status = Some(ProductStatus::Archived);
    let mut query = CatalogueQuery { status, limit: Some(100), ..CatalogueQuery::default() };
    for _ in 0..MOST_PAGES {
        let found = visitor.inventory().catalogue(&query).await?;
        known.products.extend(found.items.into_iter().map(|product| (product.sku.clone(), product)));
        query.cursor = found.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    Ok(())
}

/// Makes changes one after the other, at least one. A refused change does not stop the others.
async fn make(visitor: &Visitor, changes: Vec<(u64, Change)>, end: Instant) -> Outcome {
    let mut outcome = Outcome::default();
    for (at, (number, change)) in changes.into_iter().take(MOST_CHANGES).enumerate() {
        if at > 0 && Instant::now() >= end {
            break;
        }
        let sku = match &change {
            Change::Create(new) => new.sku.to_string(),
            Change::Update(update) => update.sku.to_string(),
        };
        match one(visitor, change).await {
            Ok(()) => outcome.done += 1,
            Err(error @ ApiError::Answered(_)) if !error.is(401) && !error.is(403) && !error.is(429) => {
                outcome.failed.push((number, sku, refusal(&error, visitor.locale)));
            }
            Err(_unanswered) => {
                outcome.is_stopped = true;
                break;
            }
        }
    }
    outcome
}

async fn one(visitor: &Visitor, change: Change) -> Result<(), ApiError> {
    let inventory = visitor.inventory();
    match change {
        Change::Create(new) => inventory.create_product(&new).await.map(drop),
        Change::Update(update) => {
            let Tagged { product, tag } = inventory.tagged(&update.sku).await?;
            // A tag that no product has makes the service refuse a product that has changed.
            let tag = if product.version == update.version { tag } else { "\"\"".to_owned() };
            inventory.patch_product(&update.sku, &tag, &update.difference.patch).await.map(drop)
        }
    }
}
