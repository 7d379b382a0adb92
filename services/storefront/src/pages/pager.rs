//! The links from a page of a list to the next, the previous and the first one.
//!
//! The services only lead forward. So the address of a page carries the cursors of the pages before
//! it. The way back needs no script and no memory.

/// Separates the cursors. No cursor contains it.
const SEPARATOR: char = '.';
/// Stands for pages whose cursors were left out. No cursor is so short.
const CUT: &str = "0";
/// The longest text of cursors. With it, the address of a page stays below 2,048 bytes.
const LONGEST: usize = 1024;

/// The links below a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pager {
    pub(crate) first: Option<String>,
    /// Absent on the first page, and on a page whose way back was too long for its address.
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

impl Pager {
    /// Returns the links from the page at `cursor`, which is empty for the first one. `back` has
    /// the cursors of the pages before it, as the address has them. `next` is the cursor of the
    /// next page, and `link` makes the address of the page with a cursor and those before it.
    pub(crate) fn new(
        cursor: &str,
        back: &str,
        next: Option<&str>,
        link: impl Fn(&str, &str) -> String,
    ) -> Self {
        let next = next.map(|next| link(next, &pushed(back, cursor)));
        if cursor.is_empty() {
            return Self { next, ..Self::default() };
        }
        let previous = match back.rsplit_once(SEPARATOR) {
            Some((before, last)) => Some(link(last, before)),
            None if back == CUT => None,
            None if back.is_empty() => Some(link("", "")),
            None => Some(link(back, "")),
        };
        Self { first: Some(link("", "")), previous, next }
    }

    /// Returns true if the list has one page.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Adds a cursor to those before it. Leaves the oldest ones out if the text becomes too long.
fn pushed(back: &str, cursor: &str) -> String {
    let cursors = back.split(SEPARATOR).chain([cursor]).filter(|cursor| !cursor.is_empty());
    let mut cursors: Vec<&str> = cursors.collect();
    let length = |cursors: &[&str]| cursors.iter().map(|cursor| cursor.len() + 1).sum::<usize>();
    let mut is_cut = false;
    while length(&cursors) > LONGEST && !cursors.is_empty() {
        cursors.remove(0);
        is_cut = true;
    }
    if is_cut && cursors.first() != Some(&CUT) {
        cursors.insert(0, CUT);
    }
    cursors.join(&SEPARATOR.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the links of a page: the cursor of each, and the cursors before it.
    fn pager(cursor: &str, back: &str, next: Option<&str>) -> [Option<(String, String)>; 3] {
        let pager = Pager::new(cursor, back, next, |cursor, back| format!("{cursor} {back}"));
        let parts = |link: String| {
            let (cursor, back) = link.split_once(' ').unwrap();
            (cursor.to_owned(), back.to_owned())
        };
        [pager.first.map(parts), pager.previous.map(parts), pager.next.map(parts)]
    }

    /// Goes to the page with this number, and returns its cursor and the cursors before it.
    fn forward(pages: usize, cursor_of: impl Fn(usize) -> String) -> (String, String) {
        let mut place = (String::new(), String::new());
        for number in 2..=pages {
            let [_, _, next] = pager(&place.0, &place.1, Some(&cursor_of(number)));
            place = next.unwrap();
        }
        place
    }

    #[test]
    fn first_page_leads_forward_only() {
        assert_eq!(pager("", "", None), [None, None, None]);
        assert_eq!(pager("", "", Some("c2")), [None, None, Some(("c2".to_owned(), String::new()))]);
        assert!(Pager::new("", "", None, |_, _| String::new()).is_empty());
    }

    #[test]
    fn way_back_visits_each_page_again() {
        let cursor_of = |number: usize| format!("cursor-{number}");
        let mut place = forward(6, cursor_of);
        for number in (1..6).rev() {
            let [first, previous, _] = pager(&place.0, &place.1, None);
            assert_eq!(first, Some((String::new(), String::new())));
            place = previous.unwrap();
            assert_eq!(place, forward(number, cursor_of), "page {number}");
        }
        assert_eq!(place, (String::new(), String::new()));
    }

    #[test]
    fn long_way_back_ends_before_the_start() {
        let cursor_of = |number: usize| format!("{number:0>200}");
        let mut place = forward(30, cursor_of);
        assert!(place.1.len() <= LONGEST + 2 && place.1.starts_with("0."), "{}", place.1);
        let mut pages = 0;
        while let [_, Some(previous), _] = pager(&place.0, &place.1, None) {
            place = previous;
            pages += 1;
        }
        assert_eq!((pages, place.0), (5, cursor_of(25)));
        assert!(pager(&cursor_of(25), CUT, None)[0].is_some());
    }

    #[test]
    fn edited_way_back_leads_somewhere() {
        for back in [".", "..", "0.0", "a..b", &"x".repeat(5000)] {
            let [first, _, next] = pager("c", back, Some("d"));
            assert!(first.is_some() && next.unwrap().1.len() <= LONGEST + 2, "{back}");
        }
    }
}
