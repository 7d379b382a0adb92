//! The storefront's own style, script and icons. Their names change with their content, and they
//! are compressed when the program is built.

use axum::{
    body::Bytes,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A file, and its compressed forms.
struct Asset {
    name: &'static str,
    kind: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const FOREVER: &str = "public, max-age=31536000, immutable";
const NEVER: &str = "no-store";

/// Serves an asset in the best form that the browser reads.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((asset, kept)) = find(&name) else {
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, NEVER)]).into_response();
    };
    let (content, coding) = match (accepts(&headers, "br"), accepts(&headers, "gzip")) {
        (true, _) => (asset.brotli, Some("br")),
        (false, true) => (asset.gzip, Some("gzip")),
        (false, false) => (asset.plain, None),
    };
    let fixed = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, kept),
        (header::VARY, "accept-encoding"),
    ];
    let mut response = (fixed, Bytes::from_static(content)).into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// Returns the asset with this name, and how it may be cached. During a rolling update, a page of
/// one release may ask a replica of another for its assets. It gets the file that is here.
fn find(name: &str) -> Option<(&'static Asset, &'static str)> {
    if let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) {
        return Some((asset, FOREVER));
    }
    let file = without_hash(name)?;
    ASSETS.iter().find(|asset| without_hash(asset.name) == Some(file)).map(|asset| (asset, NEVER))
}

/// Returns the stem and the extension of a name, between which its hash is.
fn without_hash(name: &str) -> Option<(&str, &str)> {
    let (stem, rest) = name.rsplit_once('-')?;
    let (_hash, extension) = rest.split_once('.')?;
    Some((stem, extension))
}

/// Returns true if the browser reads this coding.
pub(crate) fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let refused =
            weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_shrink_and_carry_their_hash() {
        for asset in &ASSETS {
            assert!(
                asset.brotli.len() < asset.plain.len() && asset.gzip.len() < asset.plain.len(),
                "{}",
                asset.name
            );
        }
        let sent: usize = ASSETS.iter().map(|asset| asset.brotli.len()).sum();
        assert!(sent < 30_000, "{sent} bytes");
        for path in [CSS, JS, ICONS, FAVICON] {
            assert!(ASSETS.iter().any(|asset| path == format!("/assets/{}", asset.name)), "{path}");
        }
    }

    #[test]
    fn coding_is_used_unless_refused() {
        let read = |line: &'static str| {
            let headers = [(header::ACCEPT_ENCODING, HeaderValue::from_static(line))];
            let headers = headers.into_iter().collect();
            (accepts(&headers, "br"), accepts(&headers, "gzip"))
        };
        assert_eq!(read("gzip, deflate, br, zstd"), (true, true));
        assert_eq!(read("br;q=0, gzip;q=0.5"), (false, true));
        assert_eq!(read("identity"), (false, false));
    }
}
