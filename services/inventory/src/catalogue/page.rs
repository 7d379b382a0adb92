//! A page of a list: its rows, their order, and the position of the next page.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use super::{dictionary::Classes, index::Index, order::Order, row::Row, search};
use crate::store::list::{Place, Question, SortKey, SortValue};

/// The most products in a price range that becomes a set of its own. A larger range is tested
/// product by product.
const FEW: usize = 1000;

/// The rows, and the position of the next page.
pub(super) type Page = (Vec<u32>, Option<Place>);

/// The conditions of a question.
struct Filter<'a> {
    /// `None` means every row.
    hits: Option<Cow<'a, RoaringBitmap>>,
    words: Vec<Classes<'a>>,
    /// The range of ranks in the price order that has the requested prices.
    prices: (usize, usize),
    /// True if `hits` are not limited to these prices yet.
    test_prices: bool,
}

/// A part of an order: from one rank up to but not including another, optionally read backwards.
#[derive(Clone, Copy)]
struct Span<'a> {
    order: &'a Order,
    from: usize,
    to: usize,
    descending: bool,
}

impl Index {
    pub(super) fn page(&self, question: &Question) -> Page {
        let Some(filter) = self.filter(question) else { return Page::default() };
        let (key, descending) = question.sort;
        let want = question.limit + 1;
        let mut found: Vec<(u32, u32)> = Vec::with_capacity(want);
        let mut add =
            |score: u32, hits: Option<&RoaringBitmap>, mut span: Span<'_>, after: Option<&Place>| {
                if let Some(place) = after {
                    let (before, upto) = span.order.around(&self.rows, place);
                    if descending { span.to = span.to.min(before) } else { span.from = span.from.max(upto) }
                }
                let rows = self.select(hits, span, want - found.len(), |row| fits(row, question, &filter));
                found.extend(rows.into_iter().map(|number| (number, score)));
                found.len() < want
            };
        let order = self.order(key);
        let whole = Span { order, from: 0, to: order.len(), descending };
        if key == SortKey::Relevance {
            let none = RoaringBitmap::new();
            let place = question.after.as_ref();
            search::ranked(filter.hits.as_deref().unwrap_or(&none), &filter.words, |score, hits| {
                let (is_before, is_at) = match place {
                    Some(Place(SortValue::Relevance(last), _)) => {
                        (u64::from(score) > u64::from(*last), u64::from(score) == u64::from(*last))
                    }
                    _ => (false, false),
                };
                is_before || add(score, Some(hits), whole, place.filter(|_| is_at))
            });
        } else if key == SortKey::Available {
            let fits = |row: &Row| fits(row, question, &filter);
            let rows = self.scarcest(filter.hits.as_deref(), question.after.as_ref(), want, fits);
            found = rows.into_iter().map(|number| (number, 0)).collect();
        } else {
            let (from, to) = if key == SortKey::Price { filter.prices } else { (0, order.len()) };
            add(0, filter.hits.as_deref(), Span { from, to, ..whole }, question.after.as_ref());
        }
        let more = found.len() > question.limit;
        found.truncate(question.limit);
        let last = found.last().filter(|_| more);
        let place = last.and_then(|(number, score)| self.rows.get(*number)?.place(key, *score));
        (found.into_iter().map(|(number, _)| number).collect(), place)
    }

    /// Returns every row that fits, on any page.
    pub(super) fn fitting(&self, question: &Question) -> RoaringBitmap {
        // Under the price order, prices would be a range of ranks and would not be tested.
        let question = Question { sort: (SortKey::Name, false), ..question.clone() };
        let Some(filter) = self.filter(&question) else { return RoaringBitmap::new() };
        let fits = |number: &u32| self.rows.get(*number).is_some_and(|row| fits(row, &question, &filter));
        match filter.hits.as_deref() {
            Some(hits) => hits.iter().filter(fits).collect(),
            // Numbers without a row do not fit.
            None => (0..).take(self.rows.end()).filter(fits).collect(),
        }
    }

    /// Returns the conditions of `question`, or `None` if nothing can fit.
    fn filter<'a>(&'a self, question: &'a Question) -> Option<Filter<'a>> {
        let is_quoted = |word: &String| question.phrases.iter().any(|phrase| phrase.words.contains(word));
        let words: Vec<Classes<'a>> =
            question.words.iter().map(|word| self.words.classes(word, is_quoted(word))).collect();
        let mut sets: Vec<Cow<'a, RoaringBitmap>> = words.iter().map(search::any).collect();
        if let Some(slug) = &question.category {
            sets.push(Cow::Borrowed(self.tree.members(slug.as_str())?));
        }
        for tag in &question.tags {
            sets.push(Cow::Borrowed(self.tags.get(tag.as_str())?));
        }
        if let Some(currency) = &question.currency {
            sets.push(Cow::Borrowed(self.currencies.get(currency.code())?));
        }
        if question.in_stock {
            sets.push(Cow::Borrowed(&self.in_stock));
        }
        let order = self.order(SortKey::Price);
        let from = question.min_price.map_or(0, |least| order.count(&self.rows, |row| row.amount < least));
        let to =
            question.max_price.map_or(order.len(), |most| order.count(&self.rows, |row| row.amount <= most));
        let few = (from..to).len() <= FEW && (from..to).len() < order.len();
        if few && question.sort.0 != SortKey::Price {
            sets.push(Cow::Owned((from..to).filter_map(|rank| order.at(rank)).collect()));
        }
        sets.sort_by_key(|set| set.len());
        let mut sets = sets.into_iter();
        let first = sets.next();
        let hits = first.map(|first| sets.fold(first, |all, set| Cow::Owned(all.as_ref() & set.as_ref())));
        if from >= to || hits.as_ref().is_some_and(|hits| hits.is_empty()) {
            return None;
        }
        let test_prices = !few && question.sort.0 != SortKey::Price;
        Some(Filter { hits, words, prices: (from, to), test_prices })
    }

    /// Returns the first rows of a span that are in `hits` and fit.
    ///
    /// If many hits are expected among the next ranks, walks the order. Otherwise collects the hits
    /// and sorts those of the lowest ranks. Either costs about the square root of the number of
    /// products. Hits that lie close together far away cost a few times that.
    fn select(
        &self,
        hits: Option<&RoaringBitmap>,
        span: Span<'_>,
        want: usize,
        fits: impl Fn(&Row) -> bool,
    ) -> Vec<u32> {
        let Span { order, from, to, descending } = span;
        let fits = |number: u32| self.rows.get(number).is_some_and(&fits);
        let count = hits.map_or(u64::MAX, RoaringBitmap::len);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let expected = want.saturating_mul(order.len()) / count.max(1);
        if expected <= count {
            let steps = if hits.is_some() { 64 + 8 * expected } else { usize::MAX };
            let (mut found, mut step) = (Vec::with_capacity(want), 0);
            while from + step < to && step < steps && found.len() < want {
                let rank = if descending { to - 1 - step } else { from + step };
                let hit = order.at(rank).filter(|number| hits.is_none_or(|hits| hits.contains(*number)));
                found.extend(hit.filter(|number| fits(*number)));
                step += 1;
            }
            if from + step >= to || found.len() >= want {
                return found;
            }
        }
        let ranks = hits.into_iter().flatten().map(|number| order.rank(number));
        let mut ranks: Vec<usize> = ranks.filter(|rank| (from..to).contains(rank)).collect();
        // The predicate reads the row, so it is tested only on the hits that come first.
        let sort = |ranks: &mut [usize]| {
            if descending { ranks.sort_unstable_by(|a, b| b.cmp(a)) } else { ranks.sort_unstable() }
        };
        let (mut found, mut rest) = (Vec::with_capacity(want), ranks.as_mut_slice());
        while !rest.is_empty() && found.len() < want {
            let part = (4 * want).min(rest.len());
            if part < rest.len() {
                if descending {
                    rest.select_nth_unstable_by(part - 1, |a, b| b.cmp(a));
                } else {
                    rest.select_nth_unstable(part - 1);
                }
            }
            let (first, later) = rest.split_at_mut(part);
            sort(first);
            let numbers = first.iter().filter_map(|rank| order.at(*rank)).filter(|number| fits(*number));
            found.extend(numbers.take(want - found.len()));
            rest = later;
        }
        found
    }
}

/// Tests the conditions that no set covers.
fn fits(row: &Row, question: &Question, filter: &Filter<'_>) -> bool {
    let in_price = !filter.test_prices
        || (question.min_price.is_none_or(|least| row.amount >= least)
            && question.max_price.is_none_or(|most| row.amount <= most));
    let mut pairs = question.phrases.iter().flat_map(|phrase| &phrase.pairs);
    in_price && pairs.all(|pair| row.pairs.binary_search(pair).is_ok())
}
