//! The tables and curves of a growth.

use std::collections::BTreeMap;

use super::{
    AuditFigures, BesideAudit, CatalogueStep, Chart, Growth, Line, Load, OrderStep, StepFigures,
    page::{machine, table},
    scale::figure,
};

const MIB: f64 = 1_048_576.0;
/// The programs whose memory is shown. The rest is the mailbox and the launcher.
const PROGRAMS: [&str; 6] =
    ["estore-user", "estore-verification", "estore-inventory", "estore-payment", "redis-server", "postgres"];

/// One step of any growth.
struct Step<'a> {
    size: f64,
    import: Option<f64>,
    figures: &'a StepFigures,
}

impl Step<'_> {
    const fn disk(&self) -> [u64; 2] {
        [self.figures.redis_disk, self.figures.postgres_disk]
    }
}

pub(super) fn catalogue(growth: &Growth<CatalogueStep>) -> String {
    tables(growth, "products", &catalogue_steps(growth))
}

pub(super) fn orders(growth: &Growth<OrderStep>) -> String {
    tables(growth, "orders", &order_steps(growth))
}

pub(super) fn catalogue_charts(growth: &Growth<CatalogueStep>) -> Vec<(String, Chart)> {
    charts("catalogue", "products in the catalogue", &catalogue_steps(growth))
}

pub(super) fn order_charts(growth: &Growth<OrderStep>) -> Vec<(String, Chart)> {
    charts("orders", "orders in the store", &order_steps(growth))
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
fn catalogue_steps(growth: &Growth<CatalogueStep>) -> Vec<Step<'_>> {
    let steps = growth.steps.iter().map(|one| {
        let (size, import) = (one.products as f64, Some(one.import_seconds));
        Step { size, import, figures: &one.figures }
    });
    steps.collect()
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
fn order_steps(growth: &Growth<OrderStep>) -> Vec<Step<'_>> {
    let steps =
        growth.steps.iter().map(|one| Step { size: one.orders as f64, import: None, figures: &one.figures });
    steps.collect()
}

fn tables<T>(growth: &Growth<T>, of: &str, steps: &[Step<'_>]) -> String {
    let cut = growth.cut_short.as_ref().map_or_else(String::new, |why| format!("Cut short: {why}.\n"));
    let loads = steps.iter().flat_map(|step| step.figures.loads.iter().map(|load| row(step.size, load)));
    let load_head =
        [of, "path", "requests a second", "CPU µs a request", "latency at a rate of", "p50 ms", "p99 ms"];
    let mut memory_head = vec![of];
    memory_head.extend(PROGRAMS);
    let memory = steps.iter().map(|step| {
        let of = |program| {
            format!("{} / {}", mib(&step.figures.at_rest, program), mib(&step.figures.after_load, program))
        };
        [figure(step.size)].into_iter().chain(PROGRAMS.map(of)).collect()
    });
    let disk_head = [of, "import s", "start again s", "Redis's files MiB", "Postgres's files MiB"];
    let disk = steps.iter().map(|step| {
        let [redis, postgres] = step.disk().map(|bytes| figure(float(bytes) / MIB));
        let import = step.import.map_or_else(|| "–".to_owned(), figure);
        vec![figure(step.size), import, figure(step.figures.restart_seconds), redis, postgres]
    });
    format!(
        "{}\n{cut}Runs of {} s. Latency is measured at the same rate in each step: a quarter of the first step's peak.\nA dash \
         stands where the store did not keep that rate.\n\n{}\nResident memory in MiB, at rest / after the load:\n\n{}\n{}{}{}",
        machine(&growth.facts),
        growth.seconds,
        table(&load_head, loads),
        table(&memory_head, memory),
        table(&disk_head, disk),
        each(of, steps),
        growth.audit.as_ref().map_or_else(String::new, audited)
    )
}

/// Says how long an audit takes, and what it costs orders.
fn audited(audit: &AuditFigures) -> String {
    let AuditFigures { alone_seconds, beside_seconds, rate_due, without, beside } = audit;
    let row = |name: &str, orders: &BesideAudit| {
        let share = format!("{:.1} %", orders.rate / rate_due * 100.0);
        vec![name.to_owned(), figure(orders.rate), share, figure(orders.p50_ms), figure(orders.p99_ms)]
    };
    format!(
        "\nAn audit of the last step takes {} s without load, and {} s beside orders at half of their peak,\nwhich is {} a \
         second:\n\n{}",
        figure(*alone_seconds),
        figure(*beside_seconds),
        figure(*rate_due),
        table(
            &["orders", "a second", "of those due", "p50 ms", "p99 ms"],
            [row("without an audit", without), row("beside an audit", beside)]
        )
    )
}

fn row(size: f64, load: &Load) -> Vec<String> {
    let latency = |of: fn(&crate::load::Latency) -> f64| {
        load.latency.as_ref().map_or_else(|| "–".to_owned(), |latency| figure(of(latency)))
    };
    vec![
        figure(size),
        load.path.to_string(),
        figure(load.peak),
        figure(load.cpu),
        format!("{}/s", figure(load.latency_rate)),
        latency(|latency| latency.p50_ms),
        latency(|latency| latency.p99_ms),
    ]
}

/// Returns the bytes for one more item, from the first step to the last.
fn each(of: &str, steps: &[Step<'_>]) -> String {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return String::new() };
    let more = last.size - first.size;
    if more <= 0.0 {
        return String::new();
    }
    let resident = |program: &str| {
        let bytes = |step: &Step<'_>| float(step.figures.at_rest.get(program).copied().unwrap_or(0));
        figure(((bytes(last) - bytes(first)) / more).max(0.0))
    };
    let [redis, postgres] = [0, 1].map(|at| {
        let bytes = |step: &Step<'_>| step.disk().get(at).copied().map_or(0.0, float);
        figure(((bytes(last) - bytes(first)) / more).max(0.0))
    });
    format!(
        "\nBytes for each of the {of} between the first step and the last: Redis {} resident and {redis} in\nfiles, Postgres \
         {postgres} in files, Inventory {} and Payment {} resident.\n",
        resident("redis-server"),
        resident("estore-inventory"),
        resident("estore-payment")
    )
}

fn charts(begin: &str, across: &str, steps: &[Step<'_>]) -> Vec<(String, Chart)> {
    let chart = |name: &str, title: String, up: &str, lines: Vec<Line>| {
        let chart = Chart {
            title,
            across: across.to_owned(),
            up: up.to_owned(),
            // Sizes of a catalogue are powers of ten; orders begin at 0.
            is_logarithmic_across: begin == "catalogue",
            is_logarithmic_up: name == "latency",
            lines,
        };
        (format!("{begin}-{name}"), chart)
    };
    let line = |name: String, is_dashed, colour, of: &dyn Fn(&Step<'_>) -> Option<f64>| Line {
        name,
        is_dashed,
        colour,
        points: steps.iter().filter_map(|step| Some((step.size, of(step)?))).collect(),
    };
    let first = steps.iter().take(1).flat_map(|step| &step.figures.loads);
    let paths: Vec<_> = first.map(|load| load.path).collect();
    let find = |step: &Step<'_>, path| step.figures.loads.iter().find(|load| load.path == path).cloned();
    let (mut latency, mut rate) = (Vec::new(), Vec::new());
    for (colour, path) in paths.into_iter().enumerate() {
        let p99 = |step: &Step<'_>| Some(find(step, path)?.latency?.p99_ms);
        let p50 = |step: &Step<'_>| Some(find(step, path)?.latency?.p50_ms);
        latency.push(line(format!("{path} p99"), false, colour, &p99));
        latency.push(line(format!("{path} p50"), true, colour, &p50));
        rate.push(line(path.to_string(), false, colour, &|step| Some(find(step, path)?.peak)));
    }
    let memory = PROGRAMS.iter().enumerate().map(|(colour, program)| {
        let name = program.trim_start_matches("estore-").to_owned();
        line(name, false, colour, &|step| Some(float(*step.figures.at_rest.get(*program)?) / MIB))
    });
    let memory = memory.collect();
    let restart = vec![line("start again".to_owned(), false, 0, &|step| Some(step.figures.restart_seconds))];
    vec![
        chart("latency", format!("Latency by {across}"), "ms", latency),
        chart("rate", format!("Peak by {across}"), "requests a second", rate),
        chart("memory", format!("Resident memory at rest by {across}"), "MiB", memory),
        chart("restart", format!("Time to start again by {across}"), "s", restart),
    ]
}

fn mib(memory: &BTreeMap<String, u64>, program: &str) -> String {
    memory.get(program).map_or_else(|| "–".to_owned(), |bytes| figure(float(*bytes) / MIB))
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}
