//! Templates of mails, in Jinja's language. What they show is data: it is escaped, and never run.

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::{Map, Value, json};

/// A filled template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// The token of samples.
pub const SAMPLE_TOKEN: &str = "sample-token";

/// Data as a mail of any purpose could have it, for previews and for checking a template before it is kept.
#[must_use]
pub fn sample(shop: &str) -> Map<String, Value> {
    let sample = json!({
        "shop": shop, "name": "Ada", "link": format!("https://example.com/verify?token={SAMPLE_TOKEN}"), "token": SAMPLE_TOKEN,
        "order_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "total": "29.80 USD", "notice": "your password was changed",
        "items": [{"name": "Enamel Camp Mug", "quantity": 2, "line_total": "29.80 USD"}],
    });
    sample.as_object().cloned().unwrap_or_default()
}

/// Fills the three parts; an error names the part that does not compile or names something unknown.
pub fn render(
    subject: &str,
    text: &str,
    html: &str,
    data: &Map<String, Value>,
) -> Result<Rendered, (&'static str, String)> {
    let part = |name: &'static str, source: &str, escape: AutoEscape| {
        fill(source, escape, data).map_err(|error| (name, error))
    };
    let subject = part("subject", subject, AutoEscape::None)?;
    Ok(Rendered {
        // One line, whatever is shown in it: a line break would begin another header.
        subject: subject
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect::<String>()
            .trim()
            .to_owned(),
        text: part("text", text, AutoEscape::None)?,
        html: part("html", html, AutoEscape::Html)?,
    })
}

fn fill(source: &str, escape: AutoEscape, data: &Map<String, Value>) -> Result<String, String> {
    // No loader: a template cannot include another one, or a file.
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(move |_| escape.clone());
    environment.set_fuel(Some(50_000));
    let filled = environment
        .template_from_str(source)
        .and_then(|template| template.render(minijinja::Value::from(minijinja::value::Serde(data))));
    filled.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(name: &str) -> Map<String, Value> {
        let mut data = sample("E-Store");
        data.insert("name".to_owned(), name.into());
        data
    }

    #[test]
    fn what_is_shown_is_escaped_and_never_run() {
        let hostile = "<script>{{ 7*7 }}{% include '../../etc/passwd' %}</script>";
        let rendered = render("Hi {{ name }}", "{{ name }}", "<b>{{ name }}</b>", &data(hostile)).unwrap();
        assert!(rendered.html.contains("&lt;script&gt;{{ 7*7 }}") && !rendered.html.contains("<script>"));
        assert_eq!(rendered.text, hostile);
    }

    #[test]
    fn a_subject_stays_one_line() {
        let rendered = render("Hi {{ name }}", "x", "x", &data("Ada\r\nBcc: eve@example.com")).unwrap();
        assert_eq!(rendered.subject, "Hi Ada  Bcc: eve@example.com");
    }

    #[test]
    fn a_template_that_does_not_work_is_named() {
        for bad in [
            "{{ name",
            "{% for x in %}",
            "{{ nobody_knows }}",
            "{% include 'x' %}",
            "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        ] {
            assert_eq!(render("x", bad, "x", &data("Ada")).unwrap_err().0, "text", "{bad}");
        }
    }
}
