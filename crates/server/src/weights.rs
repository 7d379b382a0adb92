//! Lists of a client's preferences, each with a weight (RFC 9110, section 12.4.2).

use http::{HeaderMap, HeaderName};

/// Returns the entries of every line of the header `name`, in order. Each has no parameters, is in
/// lower case, and has a weight from 0 to 1. Omits entries whose weight is no number in that range.
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
