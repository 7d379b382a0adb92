//! The conditions that every parser of outside bytes must meet for any bytes. Each has a check,
//! which panics if the condition does not hold.

mod bodies;
mod cards;
mod catalog;
mod cursor;
mod headers;
mod images;
mod mail;
mod query;
mod replies;
mod sealed;
mod settings;
mod template;
mod texts;
mod token;

/// A check, by the name of its seeds' directory.
pub type Target = (&'static str, fn(&[u8]));

/// All checks.
pub const TARGETS: [Target; 14] = [
    ("bodies", bodies::check),
    ("cards", cards::check),
    ("catalog", catalog::check),
    ("cursor", cursor::check),
    ("headers", headers::check),
    ("images", images::check),
    ("mail", mail::check),
    ("query", query::check),
    ("replies", replies::check),
    ("sealed", sealed::check),
    ("settings", settings::check),
    ("template", template::check),
    ("texts", texts::check),
    ("token", token::check),
];

/// Returns the way that the first byte chooses among `ways`, and the rest.
fn choose(data: &[u8], ways: u8) -> Option<(u8, &[u8])> {
    let (first, rest) = data.split_first()?;
    // A digit chooses the way of its number, so that seeds can be written by hand.
    Some((first.wrapping_sub(b'0') % ways, rest))
}

/// Returns the text if it is valid UTF-8.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
