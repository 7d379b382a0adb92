//! Checks a template before it is stored.

use estore_contract::{
    FieldError,
    verification::{Purpose, TemplateBody},
};

use crate::{
    Error,
    app::App,
    domain::{Parts, Rendered, check},
};

/// Fills the template with sample data, after testing it with all data that emails of this purpose
/// may have.
pub(crate) fn fill(app: &App, purpose: Purpose, body: &TemplateBody) -> Result<Rendered, Error> {
    let mut wrong = Vec::new();
    for (field, text, most) in
        [("subject", &body.subject, 200), ("text", &body.text, 20_000), ("html", &body.html, 60_000)]
    {
        if text.is_empty() || text.chars().count() > most {
            wrong.push(FieldError::new(field, format!("must have 1 to {most} characters")));
        }
        if text.contains('\0') {
            wrong.push(FieldError::new(field, "must not contain NUL"));
        }
    }
    if body.subject.chars().any(char::is_control) {
        wrong.push(FieldError::new("subject", "must be one line"));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let parts = Parts { subject: &body.subject, text: &body.text, html: &body.html };
    check(parts, purpose, body.locale, &app.shop).map_err(|wrong| {
        Error::Invalid(wrong.into_iter().map(|(field, error)| FieldError::new(field, error)).collect())
    })
}
