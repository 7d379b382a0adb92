//! Cells that a spreadsheet would take for a formula: they are written with an apostrophe before
//! them, which is removed when they are read.

use std::borrow::Cow;

/// Reports whether a spreadsheet may run a text that begins like this one. An apostrophe counts as
/// well, so that each text has one form.
fn is_active(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\''])
}

/// Returns the text of a cell that shows `text` in every spreadsheet.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    if is_active(text) { format!("'{text}").into() } else { text.into() }
}

/// Returns the text that a cell shows.
pub(super) fn shown(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_active(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_is_read_as_it_was_written() {
        for text in ["", "Mug", "=1+1", "'=1", "''x", "'tis", "-5", "@SUM(A1)", "a=b"] {
            assert_eq!(shown(&inert(text)), text);
        }
    }

    #[test]
    fn formula_is_written_as_text() {
        assert_eq!(inert("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(inert("Mug = good"), "Mug = good");
    }

    #[test]
    fn cell_from_a_spreadsheet_stays_as_typed() {
        assert_eq!(shown("'tis a mug"), "'tis a mug");
        assert_eq!(shown("-5"), "-5");
    }
}
