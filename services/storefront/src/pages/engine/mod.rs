//! The engine room: blocks that change by themselves, and the forms between them.

mod faults;
mod forms;
mod load;
mod orders;
mod proof;
mod topology;

use std::sync::Arc;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use url::Url;

use super::{Frame, Tone, go_to, show, show_with};
use crate::{
    Error,
    api::demo::ToolError,
    app::App,
    engine::{Engine, Proof, Snapshot},
    session::Flash,
    texts::engine as words,
    web::Visitor,
};

pub(crate) use forms::Filled;
use forms::{FaultButton, buttons};

/// The parts of the page that change, which their templates have escaped.
#[derive(Template)]
#[template(path = "engine/live.html")]
pub(crate) struct Blocks {
    verdict: String,
    topology: String,
    faults: String,
    load: String,
    proof: String,
    orders: String,
    /// Changes if the forms are others.
    offers: String,
}

#[derive(Template)]
#[template(path = "engine/verdict.html")]
struct Verdict {
    headline: &'static str,
    /// The name of the style.
    tone: &'static str,
    missing: Vec<String>,
}

/// A link to another program, as the browser sees it.
struct Link {
    href: String,
    name: String,
}

#[derive(Template)]
#[template(path = "engine/page.html")]
struct EnginePage {
    page: Frame,
    blocks: Blocks,
    /// Empty if Chaos is away: then there is no form.
    at_once: Vec<FaultButton>,
    timed: Vec<FaultButton>,
    has_timetable: bool,
    has_faults: bool,
    has_load: bool,
    filled: Filled,
    presets: [u32; 5],
    links: Vec<Link>,
}

impl Blocks {
    /// Renders what the snapshot has.
    fn render_of(page: &Frame, snapshot: &Snapshot, engine: &Engine) -> Result<Self, Error> {
        let proof = Proof::of(snapshot);
        let verdict = Verdict {
            headline: words::headline(&proof, page.locale),
            tone: match (proof.is_complete(), proof.is_refuted()) {
                (true, _) => "good",
                (false, true) => "bad",
                (false, false) => "open",
            },
            missing: proof.0.iter().map(|missing| words::missing(*missing, page.locale)).collect(),
        };
        let offered = snapshot.faults.as_ref().map_or(0, |faults| faults.kinds.len());
        let has_timetable = snapshot.faults.as_ref().is_ok_and(|faults| faults.timetable.is_some());
        Ok(Self {
            verdict: verdict.render()?,
            topology: topology::Block::of(page, snapshot).render()?,
            faults: faults::Block::of(page, snapshot).render()?,
            load: load::Block::of(page, snapshot).render()?,
            proof: proof::Block::of(page, snapshot).render()?,
            orders: orders::Block::of(page, snapshot, &engine.links).render()?,
            offers: format!("{offered}-{has_timetable}-{}", snapshot.load.is_ok()),
        })
    }
}

async fn look(app: &App, engine: &Engine) -> Arc<Snapshot> {
    engine.look(&app.services, app.clock.now()).await
}

/// Returns the engine room. Without one, its routes do not exist (`routes/engine/mod.rs`).
pub(crate) fn engine(app: &App) -> Result<&Engine, Error> {
    app.engine.as_ref().ok_or(Error::NotFound)
}

/// Shows the blocks alone, for the script of the page.
pub(crate) async fn live(app: &App, visitor: &Visitor) -> Result<Response, Error> {
    let engine = engine(app)?;
    let snapshot = look(app, engine).await;
    show(visitor, &Blocks::render_of(&Frame::new(visitor, ""), &snapshot, engine)?)
}

/// Shows the whole page.
pub(crate) async fn room(app: &App, visitor: &Visitor) -> Result<Response, Error> {
    page(app, visitor, StatusCode::OK, None, Filled::default()).await
}

/// Leads back to a section of the page, after something was changed.
pub(crate) async fn done(
    app: &App,
    visitor: &Visitor,
    flash: Flash,
    section: &str,
) -> Result<Response, Error> {
    engine(app)?.forget().await;
    flash.keep(&visitor.jar);
    Ok(go_to(&format!("/engine#{section}")))
}

/// Shows the page again, with the reason for which a form did nothing.
pub(crate) async fn mistake(
    app: &App,
    visitor: &Visitor,
    text: String,
    filled: Filled,
) -> Result<Response, Error> {
    page(app, visitor, StatusCode::UNPROCESSABLE_ENTITY, Some(text), filled).await
}

/// Shows the page again, with what a component said to a form.
pub(crate) async fn refused(
    app: &App,
    visitor: &Visitor,
    (name, error): (&str, &ToolError),
    filled: Filled,
) -> Result<Response, Error> {
    let status = match error {
        ToolError::Refused(body) => StatusCode::from_u16(body.status_code).unwrap_or(StatusCode::BAD_GATEWAY),
        ToolError::NotRunning | ToolError::Away => StatusCode::SERVICE_UNAVAILABLE,
    };
    engine(app)?.forget().await;
    page(app, visitor, status, Some(words::tool(name, error, visitor.locale)), filled).await
}

async fn page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    problem: Option<String>,
    filled: Filled,
) -> Result<Response, Error> {
    let engine = engine(app)?;
    let snapshot = look(app, engine).await;
    let mut page = Frame::titled(visitor, |t| t.engine.frame.title);
    if let Some(problem) = problem {
        page.notice(Tone::Bad, problem);
    }
    let blocks = Blocks::render_of(&page, &snapshot, engine)?;
    let (at_once, timed) = buttons(snapshot.faults.as_ref().ok(), page.locale);
    let shown = EnginePage {
        blocks,
        has_faults: snapshot.faults.is_ok(),
        at_once,
        timed,
        has_timetable: snapshot.faults.as_ref().is_ok_and(|faults| faults.timetable.is_some()),
        has_load: snapshot.load.is_ok(),
        filled: filled.or(&snapshot, page.t),
        presets: [60, 120, 300, 1000, 3000],
        links: links(engine, &page),
        page,
    };
    show_with(status, visitor, &shown)
}

fn links(engine: &Engine, page: &Frame) -> Vec<Link> {
    let (t, links) = (&page.t.engine.frame, &engine.links);
    let link = |(url, name): (&Option<Url>, &str)| {
        url.as_ref().map(|url| Link { href: url.to_string(), name: name.to_owned() })
    };
    let programs =
        [(&links.grafana, t.grafana), (&links.prometheus, t.prometheus), (&links.mailbox, t.mailbox)];
    let documents = ["user", "verification", "inventory", "payment"].map(|service| Link {
        href: format!("/api/{service}/docs"),
        name: format!("{}: {}", t.api_docs, words::part(service)),
    });
    programs.into_iter().filter_map(link).chain(documents).collect()
}
