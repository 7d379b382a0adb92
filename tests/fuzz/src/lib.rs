//! What must hold of every parser of outside bytes, whatever the bytes: one check for each, which panics where it does not hold.

mod bodies;
mod cards;
mod catalog;
mod cursor;
mod headers;
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

/// Every check.
pub const TARGETS: [Target; 13] = [
    ("bodies", bodies::check),
    ("cards", cards::check),
    ("catalog", catalog::check),
    ("cursor", cursor::check),
    ("headers", headers::check),
    ("mail", mail::check),
    ("query", query::check),
    ("replies", replies::check),
    ("sealed", sealed::check),
    ("settings", settings::check),
    ("template", template::check),
    ("texts", texts::check),
    ("token", token::check),
];

/// The first byte, which chooses among `ways`, and the rest.
fn choose(data: &[u8], ways: u8) -> Option<(u8, &[u8])> {
    let (first, rest) = data.split_first()?;
    // Digits choose as they read, so that seeds can be written by hand.
    Some((first.wrapping_sub(b'0') % ways, rest))
}

/// The text, where it is one.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
