//! Fills one part of a template. The values shown are data: they are escaped, and never executed.

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::{Map, Value};

/// The format that a part is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Plain,
    Html,
}

/// Returns the environment for templates of a format. It has no loader, so a template cannot
/// include another template or a file.
pub(super) fn environment(format: Format) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(move |_| match format {
        Format::Plain => AutoEscape::None,
        Format::Html => AutoEscape::Html,
    });
    environment.set_fuel(Some(50_000));
    environment
}

pub(super) fn fill(source: &str, format: Format, data: &Map<String, Value>) -> Result<String, String> {
    let environment = environment(format);
    let filled = environment
        .template_from_str(source)
        .and_then(|template| template.render(minijinja::Value::from(minijinja::value::Serde(data))));
    filled.map_err(|error| format!("must be a template that renders: {error}"))
}
