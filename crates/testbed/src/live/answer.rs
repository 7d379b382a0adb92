//! Builds the answer of `/api/live`. It makes all queries at once.

use futures::future::join_all;
use serde::Serialize;

use super::{
    Watched,
    parts::{Part, parts},
    shown::{CHARTS, Chart, FIGURES, FUNNEL, Figure, LISTS, Line, List},
};
use crate::prometheus::{Alert, Queries, Series};

/// The time span of the charts, in seconds.
const SECONDS: f64 = 900.0;
/// The most points in a line.
const POINTS: f64 = 180.0;

#[derive(Serialize)]
pub(super) struct Answer {
    /// The time by the clock of Prometheus; `null` while Prometheus is away.
    at: Option<f64>,
    /// The interval at which metrics are read, in seconds.
    interval: f64,
    parts: Vec<Part>,
    figures: Vec<FigureNow>,
    funnel: Vec<FigureNow>,
    lists: Vec<ListNow>,
    charts: Vec<ChartNow>,
    alerts: Option<Vec<AlertNow>>,
    links: Vec<[String; 2]>,
    /// Errors that occurred while this answer was built.
    problems: Vec<String>,
}

#[derive(Serialize)]
struct FigureNow {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    /// `null` while there is no data.
    value: Option<f64>,
}

#[derive(Serialize)]
struct ListNow {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    entries: Vec<(String, f64)>,
}

#[derive(Serialize)]
struct ChartNow {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    from: f64,
    to: f64,
    lines: Vec<LineNow>,
}

#[derive(Serialize)]
struct LineNow {
    name: String,
    points: Vec<(f64, f64)>,
}

#[derive(Serialize)]
struct AlertNow {
    name: String,
    severity: String,
    service: String,
    firing: bool,
    since: String,
    summary: String,
}

/// Queries the current state of everything.
pub(super) async fn answer(watched: &Watched) -> Answer {
    let queries = Queries::at(watched.prometheus);
    let step = watched.interval.as_secs_f64().max(SECONDS / POINTS);
    let (at, why) = match queries.now("time()").await {
        Ok(found) => (found.first().and_then(Series::value), None),
        Err(error) => (None, Some(error.root_cause().to_string())),
    };
    let mut answer = Answer {
        at,
        interval: watched.interval.as_secs_f64(),
        parts: Vec::new(),
        figures: Vec::new(),
        funnel: Vec::new(),
        lists: Vec::new(),
        charts: Vec::new(),
        alerts: None,
        links: watched.links.clone(),
        problems: Vec::new(),
    };
    let Some(at) = at else {
        answer.parts = parts(watched, queries, Some(why.unwrap_or_default())).await;
        return answer;
    };
    // On whole steps, so that the lines move without jitter.
    let to = (at / step).floor() * step;
    let (parts, figures, funnel, lists, charts, alerts) = tokio::join!(
        parts(watched, queries, None),
        join_all(FIGURES.iter().map(|one| figure(queries, one))),
        join_all(FUNNEL.iter().map(|one| figure(queries, one))),
        join_all(LISTS.iter().map(|one| list(queries, one))),
        join_all(CHARTS.iter().map(|one| chart(queries, one, to, step))),
        queries.alerts(),
    );
    answer.parts = parts;
    let problems = &mut answer.problems;
    answer.figures = told(figures, problems);
    answer.funnel = told(funnel, problems);
    answer.lists = told(lists, problems);
    answer.charts = told(charts, problems);
    if watched.has_rules {
        answer.alerts = told(vec![alerts], problems).pop().map(|all| all.into_iter().map(alert).collect());
    }
    answer
}

/// Keeps the results that succeeded, and adds the errors to `problems`.
fn told<T>(results: Vec<anyhow::Result<T>>, problems: &mut Vec<String>) -> Vec<T> {
    let keep = |result: anyhow::Result<T>| result.map_err(|error| problems.push(format!("{error:#}"))).ok();
    results.into_iter().filter_map(keep).collect()
}

async fn figure(queries: Queries, figure: &Figure) -> anyhow::Result<FigureNow> {
    let value = queries.now(figure.query).await?.first().and_then(Series::value);
    Ok(FigureNow { id: figure.id, title: figure.title, unit: figure.unit, value })
}

async fn list(queries: Queries, list: &List) -> anyhow::Result<ListNow> {
    let found = queries.now(list.query).await?;
    let mut entries: Vec<(String, f64)> =
        found.iter().filter_map(|one| Some((one.label(list.label).to_owned(), one.value()?))).collect();
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(ListNow { id: list.id, title: list.title, unit: list.unit, entries })
}

async fn chart(queries: Queries, chart: &Chart, to: f64, step: f64) -> anyhow::Result<ChartNow> {
    let from = to - SECONDS;
    let lines = join_all(chart.lines.iter().map(|one| line(queries, one, from, to, step))).await;
    let lines: anyhow::Result<Vec<Vec<LineNow>>> = lines.into_iter().collect();
    let lines = lines?.into_iter().flatten().collect();
    Ok(ChartNow { id: chart.id, title: chart.title, unit: chart.unit, from, to, lines })
}

async fn line(queries: Queries, line: &Line, from: f64, to: f64, step: f64) -> anyhow::Result<Vec<LineNow>> {
    let found = queries.range(line.query, from, to, step).await?;
    let shown = |series: Series| {
        let name = line.label.map_or(line.name, |label| series.label(label)).to_owned();
        LineNow { name, points: series.samples.into_iter().filter(|(_, value)| value.is_finite()).collect() }
    };
    Ok(found.into_iter().map(shown).filter(|line| !line.points.is_empty()).collect())
}

fn alert(alert: Alert) -> AlertNow {
    let label = |name: &str| alert.labels.get(name).cloned().unwrap_or_default();
    AlertNow {
        name: label("alertname"),
        severity: label("severity"),
        service: label("service"),
        firing: alert.state == "firing",
        summary: alert.annotations.get("summary").cloned().unwrap_or_default(),
        since: alert.active_at,
    }
}
