//! The template of an email in one language: the form, and the preview in a frame beside it.

use askama::Template as _;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use estore_contract::verification::{Locale, Preview, Purpose, Template, TemplateBody};
use serde::Deserialize;

use super::Section;
use crate::{
    Error,
    api::ApiError,
    pages::{Frame, Tone, show_with},
    texts::{self, Texts, admin::refusal},
    web::{POLICY, Visitor},
};

/// The policy of a preview: it shows its own style, and runs and loads nothing. Emails need styles
/// within their text.
const PREVIEW_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'";

/// The fields of a template, as the browser sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct TemplateForm {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// The version of the template that the form shows.
    pub(crate) version: String,
}

impl TemplateForm {
    /// Returns the request. Browsers end lines with two characters, and templates have one.
    pub(crate) fn body(&self, locale: Locale) -> TemplateBody {
        let lines = |text: &str| text.replace("\r\n", "\n");
        TemplateBody {
            locale,
            subject: self.subject.trim().to_owned(),
            text: lines(&self.text),
            html: lines(&self.html),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "admin/template.html")]
struct TemplatePage {
    page: Frame,
    section: Section,
    name: Purpose,
    language: Locale,
    version: u32,
    form: TemplateForm,
    /// The stored template, if somebody else changed it while the form was open.
    now: Option<Template>,
}

/// The document in the frame.
#[derive(askama::Template)]
#[template(path = "admin/preview.html")]
struct PreviewPage {
    t: &'static Texts,
    locale: Locale,
    preview: Result<Preview, String>,
}

/// Reads the stored template.
pub(crate) async fn stored(visitor: &Visitor, name: Purpose, language: Locale) -> Result<Template, Error> {
    let found = visitor.verification().template(name).await?;
    found.items.into_iter().find(|template| template.locale == language).ok_or(Error::NotFound)
}

/// Shows the form, as the browser sent it or as it is stored. With 409, shows the
/// stored template too.
pub(crate) async fn show(
    visitor: &Visitor,
    name: Purpose,
    language: Locale,
    sent: Option<(StatusCode, TemplateForm, String)>,
) -> Result<Response, Error> {
    let now = stored(visitor, name, language).await?;
    let version = now.version;
    let mut page = Frame::new(visitor, texts::admin::purpose(name, visitor.locale));
    let (status, form, now) = match sent {
        None => {
            let Template { subject, text, html, .. } = now;
            (StatusCode::OK, TemplateForm { subject, text, html, version: version.to_string() }, None)
        }
        Some((status, form, reason)) => {
            page.notice(Tone::Bad, reason);
            (status, form, (status == StatusCode::CONFLICT).then_some(now))
        }
    };
    let shown = TemplatePage { page, section: Section::Mails, name, language, version, form, now };
    let mut response = show_with(status, visitor, &shown)?;
    // The preview is a frame of our own.
    let policy = HeaderValue::try_from(format!("{POLICY}; frame-src 'self'"));
    let policy = policy.map_err(|error| Error::Template(error.to_string()))?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Shows a template filled with sample data, or why it does not work.
pub(crate) async fn preview(
    visitor: &Visitor,
    name: Purpose,
    body: &TemplateBody,
) -> Result<Response, Error> {
    let preview = match visitor.verification().preview(name, body).await {
        Ok(preview) => Ok(preview),
        Err(error @ ApiError::Answered(_)) if error.is(422) => Err(refusal(&error, visitor.locale)),
        Err(error) => return Err(error.into()),
    };
    let shown = PreviewPage { t: Texts::of(visitor.locale), locale: visitor.locale, preview };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, PREVIEW_POLICY),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Html(shown.render()?)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(preview: Result<Preview, String>) -> String {
        PreviewPage { t: Texts::of(Locale::En), locale: Locale::En, preview }.render().unwrap()
    }

    #[test]
    fn form_becomes_a_template_with_plain_lines() {
        let form = TemplateForm {
            subject: " Hello ".to_owned(),
            text: "a\r\nb".to_owned(),
            html: "<p>a</p>\r\n".to_owned(),
            version: "4".to_owned(),
        };
        let body = form.body(Locale::De);
        assert_eq!((&*body.subject, &*body.text, &*body.html), ("Hello", "a\nb", "<p>a</p>\n"));
    }

    #[test]
    fn preview_escapes_all_but_the_html() {
        let text = || "<i>".to_owned();
        let shown = document(Ok(Preview { subject: text(), text: text(), html: "<b>mail</b>".to_owned() }));
        assert!(shown.contains("<b>mail</b>") && !shown.contains("<i>"), "{shown}");
        assert!(!document(Err("<b>".to_owned())).contains("<b>"));
    }
}
