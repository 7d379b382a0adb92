//! The function libraries as bootstrap loads them, whole; a mutant has a part of their text replaced.

use std::{fs, path::PathBuf};

use super::{calls::Side, emulated::Library};

/// A change of a library's text: what stands there, and what is put in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) side: Side,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

/// The text of a library.
pub(crate) fn code(side: Side) -> String {
    let folder = match side {
        Side::Inventory => "inventory",
        Side::Payment => "payment/pay1",
        Side::Gateway => "payment/gw1",
    };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The text of Payment's.
pub(crate) fn payment() -> String {
    code(Side::Payment)
}

/// The library, with the changes that are its own; each must find its place, once.
pub(crate) fn load(side: Side, changes: &[Change]) -> Library {
    let mut code = code(side);
    for change in changes.iter().filter(|change| change.side == side) {
        assert_eq!(code.matches(change.from).count(), 1, "{} stands there once", change.from);
        code = code.replace(change.from, change.to);
    }
    Library::load(&code, side.tag())
}
