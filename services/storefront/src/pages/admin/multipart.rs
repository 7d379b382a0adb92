//! Forms with a file (RFC 7578).

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use estore_contract::Code;
use estore_server::extract::read_file;
use futures::stream;
use multer::{Constraints, Multipart, SizeLimit, parse_boundary};

use crate::{Error, app::App, session::FORM_TOKEN, web::check_token};

/// The room for the other fields of a form, and for the lines between its parts.
const BESIDE: usize = 64 * 1024;

/// The fields of a form with the token of its visitor, and its files of at most `MOST` bytes
/// together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FileForm<const MOST: usize> {
    fields: Vec<(String, Bytes)>,
}

impl<const MOST: usize> FileForm<MOST> {
    /// Returns a field as text, or an empty text if there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.bytes(name).unwrap_or_default()).unwrap_or_default()
    }

    /// Returns the content of a field or of a file. A file that nobody chose is absent.
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.file(name).map(Bytes::as_ref).filter(|content| !content.is_empty())
    }

    /// Returns the content of a file, for sending it on.
    pub(crate) fn file(&self, name: &str) -> Option<&Bytes> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, content)| content)
    }

    /// Reads the parts of a form.
    async fn read(body: Bytes, boundary: String) -> Result<Self, multer::Error> {
        let most = u64::try_from(MOST + BESIDE).unwrap_or(u64::MAX);
        let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(most));
        let body = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
        let mut parts = Multipart::with_constraints(body, boundary, constraints);
        let mut fields = Vec::new();
        while let Some(part) = parts.next_field().await? {
            let name = part.name().unwrap_or_default().to_owned();
            fields.push((name, part.bytes().await?));
        }
        Ok(Self { fields })
    }
}

impl<const MOST: usize> FromRequest<App> for FileForm<MOST> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let boundary = boundary(request.headers()).ok_or(Error::BadForm)?;
        let (mut parts, body) = request.into_parts();
        let mut sent = Request::new(body);
        sent.headers_mut().clone_from(&parts.headers);
        let body = read_file(sent, MOST + BESIDE).await.map_err(|problem| match problem.code() {
            Code::PayloadTooLarge => Error::FileTooLarge,
            _ => Error::BadForm,
        })?;
        let form = Self::read(body.into(), boundary).await.map_err(|_malformed| Error::BadForm)?;
        check_token(app, &mut parts, Some(form.text(FORM_TOKEN))).await?;
        Ok(form)
    }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--b\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nk1.x\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
        Content-Type: text/csv\r\n\r\nsku\r\nA\r\n\r\n\
        --b\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n";

    async fn read(body: &'static str) -> Result<FileForm<1024>, multer::Error> {
        FileForm::read(Bytes::from_static(body.as_bytes()), "b".to_owned()).await
    }

    #[tokio::test]
    async fn form_has_its_texts_and_files() {
        let form = read(BODY).await.unwrap();
        assert_eq!(form.text("form_token"), "k1.x");
        assert_eq!(form.bytes("file"), Some(&b"sku\r\nA\r\n"[..]));
        assert_eq!((form.bytes("none"), form.bytes("other"), form.text("other")), (None, None, ""));
    }

    #[tokio::test]
    async fn form_that_ends_early_is_refused() {
        assert!(read(&BODY[..BODY.len() - 20]).await.is_err());
        assert!(read("").await.is_err());
    }

    #[test]
    fn only_a_form_with_a_boundary_is_read() {
        let of = |kind: &'static str| {
            let kind = axum::http::HeaderValue::from_static(kind);
            boundary(&[(header::CONTENT_TYPE, kind)].into_iter().collect())
        };
        assert_eq!(of("multipart/form-data; boundary=b").as_deref(), Some("b"));
        assert_eq!(of("multipart/form-data"), None);
        assert_eq!(of("application/x-www-form-urlencoded"), None);
        assert_eq!(boundary(&HeaderMap::new()), None);
    }
}
