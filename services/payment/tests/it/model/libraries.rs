//! The function libraries as bootstrap loads them, complete. For a mutant, a part of their text is
//! replaced.

use super::{calls::Side, emulated::Library};

/// A change of a library's text: the original part and its replacement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) side: Side,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

/// Returns the folder of a library.
pub(crate) fn folder(side: Side) -> &'static str {
    match side {
        Side::Inventory => "inventory",
        Side::Payment => "payment/pay1",
        Side::Gateway => "payment/gw1",
    }
}

/// Loads the library with the changes that belong to it. The text of each change must occur exactly
/// once.
pub(crate) fn load(side: Side, changes: &[Change]) -> Library {
    let mut code = estore_testbed::library(folder(side)).unwrap();
    for change in changes.iter().filter(|change| change.side == side) {
        assert_eq!(code.matches(change.from).count(), 1, "{} stands there once", change.from);
        code = code.replace(change.from, change.to);
    }
    Library::load(&code, side.tag())
}
