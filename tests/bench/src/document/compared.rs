//! The tables and curves of a comparison.

use super::{
    Chart, Comparison, Figures, Line, Measured, Spread,
    page::{machine, table},
    scale::figure,
};
use crate::systems::Name;

/// Returns the tables, after the machine's facts.
pub(super) fn tables(comparison: &Comparison) -> String {
    let Comparison { facts, rounds, seconds, catalogue, idle, stolen, repeated, paths, .. } = comparison;
    let figures = paths
        .iter()
        .flat_map(|measured| measured.systems.iter().map(|(name, figures)| row(measured, *name, figures)));
    let head = [
        "path",
        "system",
        "requests a second",
        "CPU µs a request",
        "generator µs",
        "latency at a rate of",
        "p50 ms",
        "p99 ms",
    ];
    let ratios = paths.iter().flat_map(|measured| {
        measured.ratios.iter().map(|(name, ratios)| {
            let mut cells = vec![measured.path.to_string(), format!("store : {}", name.as_str())];
            cells.extend([&ratios.peak, &ratios.cpu, &ratios.p50, &ratios.p99].map(spread));
            cells
        })
    });
    let ratio_head = ["path", "ratio", "requests a second", "CPU a request", "p50", "p99"];
    format!(
        "{}\n{rounds} rounds of {seconds} s. Catalogue: {catalogue}.\nWith all systems up and no requests, {:.1} % of the \
         machine was busy.\nA hypervisor took {:.1} % of a run at most. Runs that were not valid and were repeated: \
         {repeated}.\n\nThe median, and the least and the greatest of the rounds:\n\n{}\nRatios of medians, and the least \
         and the greatest ratio of a round.\nMore requests a second are better, and less of everything else:\n\n{}",
        machine(facts),
        (1.0 - idle) * 100.0,
        stolen * 100.0,
        table(&head, figures),
        table(&ratio_head, ratios)
    )
}

fn row(measured: &Measured, name: Name, figures: &Figures) -> Vec<String> {
    vec![
        measured.path.to_string(),
        name.as_str().to_owned(),
        spread(&figures.peak),
        spread(&figures.cpu),
        figure(figures.generator_cpu),
        format!("{}/s", figure(measured.latency_rate)),
        spread(&figures.p50_ms),
        spread(&figures.p99_ms),
    ]
}

fn spread(spread: &Spread) -> String {
    format!("{} ({}–{})", figure(spread.median), figure(spread.low), figure(spread.high))
}

/// Returns a chart of latency by rate for each path with curves.
pub(super) fn charts(comparison: &Comparison) -> Vec<(String, Chart)> {
    let mut paths: Vec<_> = comparison.curves.iter().map(|curve| curve.path).collect();
    paths.dedup();
    let chart = |path| {
        let curves = comparison.curves.iter().filter(|curve| curve.path == path).enumerate();
        let lines = curves.flat_map(|(colour, curve)| {
            let line = |percentile: &str, is_dashed, of: fn(&super::Point) -> f64| Line {
                name: format!("{} {percentile}", curve.system.as_str()),
                is_dashed,
                colour,
                points: curve.points.iter().map(|point| (point.rate, of(point))).collect(),
            };
            [line("p99", false, |point| point.p99_ms), line("p50", true, |point| point.p50_ms)]
        });
        let chart = Chart {
            title: format!("Latency of {path} by rate"),
            across: "requests a second (constant rate)".to_owned(),
            up: "ms".to_owned(),
            is_logarithmic_across: true,
            is_logarithmic_up: true,
            lines: lines.collect(),
        };
        (format!("latency-{path}"), chart)
    };
    paths.into_iter().map(chart).collect()
}
