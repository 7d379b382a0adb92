//! Lists of what a client would like, each with its weight (RFC 9110, section 12.4.2).

use http::{HeaderMap, HeaderName};

/// The entries of every line of the header `name`, in their order: each without its parameters, in small letters, and its weight from 0 to 1.
/// An entry whose weight is no number in that range is left out.
pub(crate) fn weighted(headers: &HeaderMap, name: HeaderName) -> Vec<(String, f32)> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(entry).collect()
}

fn entry(text: &str) -> Option<(String, f32)> {
    let mut parts = text.split(';');
    let what = parts.next()?.trim().to_ascii_lowercase();
    let mut weight = 1.0;
    for parameter in parts {
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("q")
        {
            weight = value.trim().parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
        }
    }
    (!what.is_empty()).then_some((what, weight))
}
