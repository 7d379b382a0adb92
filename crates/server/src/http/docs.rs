//! The page at `/docs`: Swagger UI, whose files are in the program, so that it works offline.

use std::{borrow::Cow, sync::Arc};

use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use http::header;
use utoipa_swagger_ui::Config;

use crate::{Problem, extract::Path};

/// The page. Its links are relative, so that it also works below a prefix such as `/api/user/`.
const PAGE: &str = include_str!("docs.html");
/// The script that starts Swagger UI.
const START: &str = include_str!("docs.js");
/// The files of Swagger UI that the page loads.
const FILES: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];
/// Scripts, styles and requests of the page's own origin, and the pictures that its style contains.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Files change with the program alone.
const CACHE: &str = "public, max-age=3600";

/// Returns the page with its content security policy.
pub(super) fn page() -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::REFERRER_POLICY, "no-referrer")];
    (headers, Html(PAGE)).into_response()
}

/// Returns a file that the page loads. Those of Swagger UI are always compressed, as every browser
/// reads that.
pub(super) async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    if name == "start.js" {
        return Ok(answer("text/javascript; charset=utf-8", false, START.into()));
    }
    if !FILES.contains(&name.as_str()) {
        return Err(Problem::not_found());
    }
    let found = utoipa_swagger_ui::serve(&name, Arc::new(Config::default()));
    let file = found.map_err(|error| Problem::internal(error.to_string()))?.ok_or_else(Problem::not_found)?;
    let content = match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    Ok(answer(&file.content_type, file.gzpipped, content))
}

fn answer(kind: &str, is_compressed: bool, content: Bytes) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHE)];
    let encoding = is_compressed.then_some([(header::CONTENT_ENCODING, "gzip")]);
    (headers, encoding, content).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn page_gets_each_file_that_it_loads() {
        let links = PAGE.split(['"']).filter_map(|part| part.strip_prefix("docs/"));
        let names: Vec<&str> = links.collect();
        assert_eq!(names, ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"]);
        for name in names {
            let answer = file(Path(name.to_owned())).await.unwrap();
            let kind = answer.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            let is_style = name.strip_suffix(".css").is_some();
            assert!(
                kind.starts_with(if is_style { "text/css" } else { "text/javascript" }),
                "{name}: {kind}"
            );
            assert_eq!(answer.headers()[header::CACHE_CONTROL], CACHE);
            assert_eq!(answer.headers().contains_key(header::CONTENT_ENCODING), name != "start.js");
            assert!(!to_bytes(answer.into_body(), usize::MAX).await.unwrap().is_empty(), "{name}");
        }
    }

    #[tokio::test]
    async fn file_unused_by_the_page_is_absent() {
        for name in ["", "index.html", "swagger-initializer.js", "swagger-ui.js", "../docs.rs"] {
            assert!(file(Path(name.to_owned())).await.is_err(), "{name}");
        }
    }

    #[test]
    fn page_has_no_inline_code_or_style() {
        for part in ["<style", "style=", "<script>", "http:", "https:", "=\"//", " onload"] {
            assert!(!PAGE.contains(part), "{part}");
        }
        assert!(!START.contains("http") && !POLICY.contains("unsafe"));
    }
}
