//! A trace as text: each span below the one around it, by start time.

use std::fmt::Write;

use estore_tests::Step;

/// Draws a line for each span: service, kind, name, the `told` attributes, and its failure.
/// `outside` is the span of the client.
pub(super) fn draw(steps: &[Step], outside: &str, told: &[&str]) -> String {
    let mut text = String::new();
    below(&mut text, steps, outside, told, 0);
    let drawn = text.lines().count();
    for step in steps
        .iter()
        .filter(|step| step.parent != outside && !steps.iter().any(|other| other.id == step.parent))
    {
        writeln!(text, "ORPHAN {} {} {}", step.service, step.kind, step.name).unwrap();
    }
    assert!(drawn == steps.len(), "{drawn} of {} steps hang together:\n{text}", steps.len());
    text
}

fn below(text: &mut String, steps: &[Step], parent: &str, told: &[&str], depth: usize) {
    for step in steps.iter().filter(|step| step.parent == parent) {
        let service = step.service.trim_start_matches("estore-");
        write!(text, "{}{service} {} {}", "  ".repeat(depth), step.kind, step.name).unwrap();
        for value in told.iter().filter_map(|name| step.attributes.get(*name)) {
            write!(text, " {value}").unwrap();
        }
        text.push_str(if step.failed { " FAILED\n" } else { "\n" });
        below(text, steps, &step.id, told, depth + 1);
    }
}
