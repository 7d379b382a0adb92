//! The order in which lists of unknown length are read. Most are short, so the beginnings of many
//! are read at once. Long ones follow, a few at a time: an answer must arrive within a second.

use std::collections::VecDeque;

/// The number of lists that begin at once, and the length of each beginning.
const BEGINNINGS: (usize, usize) = (50, 20);
/// The number of long lists that are read at once, and the members of all their pages.
const PAGES: (usize, usize) = (5, 1000);

/// Lists that wait to be read.
pub(super) struct Pages<T> {
    new: VecDeque<T>,
    long: VecDeque<T>,
}

/// The lists to read next.
pub(super) struct Part<T> {
    pub(super) lists: Vec<T>,
    /// The most members to read of each. A list that has so many goes on.
    pub(super) page: usize,
    /// True if the beginnings of these lists were read before.
    pub(super) goes_on: bool,
}

impl<T> Pages<T> {
    pub(super) fn of(new: Vec<T>) -> Self {
        Self { new: new.into(), long: VecDeque::new() }
    }

    /// Returns the next lists: first those that go on, so that few are open. `None` at the end.
    pub(super) fn next(&mut self) -> Option<Part<T>> {
        let goes_on = !self.long.is_empty();
        let (waiting, count) =
            if goes_on { (&mut self.long, PAGES.0) } else { (&mut self.new, BEGINNINGS.0) };
        let lists: Vec<T> = waiting.drain(..waiting.len().min(count)).collect();
        let page = if goes_on { PAGES.1 / lists.len().max(1) } else { BEGINNINGS.1 };
        (!lists.is_empty()).then_some(Part { lists, page, goes_on })
    }

    /// Adds lists that go on.
    pub(super) fn go_on(&mut self, long: Vec<T>) {
        self.long.extend(long);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_list_is_read_whole_in_bounded_parts() {
        // Each list has its own length left, and nine in ten are short.
        let mut pages = Pages::of((0..500).map(|n| if n % 10 == 0 { 1000 } else { 3 }).collect());
        let mut read = 0_usize;
        while let Some(Part { lists, page, goes_on }) = pages.next() {
            assert!(lists.len() * page <= 1000 && goes_on == (page >= 200));
            read += lists.iter().map(|left: &usize| (*left).min(page)).sum::<usize>();
            pages.go_on(lists.into_iter().filter_map(|left| left.checked_sub(page)).collect());
        }
        assert_eq!(read, 50 * 1000 + 450 * 3);
    }
}
