//! The index of orders, part by part, oldest first.

use anyhow::Result;
use estore_contract::OrderId;
use redis::cmd;

use super::{databases::Databases, source::pairs};

/// A place in the index: the time of creation and the member of the last one seen. Orders of one
/// millisecond are sorted by their members.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
struct Place(f64, String);

/// The walk over the index. An order that is created meanwhile comes after its end.
pub(super) struct Index {
    /// The time of creation at which to end.
    until: i64,
    last: Option<Place>,
    ended: bool,
}

/// A part of the index.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) ids: Vec<OrderId>,
    /// Members that name no order.
    pub(super) strange: Vec<String>,
}

impl Index {
    pub(super) fn before(until: i64) -> Self {
        Self { until, last: None, ended: false }
    }

    /// Returns the next part, of about so many orders. Returns `None` at the end.
    pub(super) async fn next(&mut self, databases: &Databases, size: usize) -> Result<Option<Part>> {
        let mut limit = size;
        while !self.ended {
            databases.breathe().await;
            let from = self.last.as_ref().map_or_else(|| "-inf".to_owned(), |Place(at, _)| at.to_string());
            let mut range = cmd("ZRANGE");
            range.arg("{pay}:orders").arg(from).arg("+inf").arg("BYSCORE");
            range.arg("LIMIT").arg(0).arg(limit).arg("WITHSCORES");
            let found = pairs(databases.payment.one(range).await?);
            if let Some(part) = self.part(&found, limit) {
                return Ok(Some(part));
            }
            // All of these orders are of one moment, and were seen before.
            limit = limit.saturating_mul(2);
        }
        Ok(None)
    }

    fn part(&mut self, found: &[(String, String)], limit: usize) -> Option<Part> {
        self.ended = found.len() < limit;
        let mut part = Part::default();
        let mut any = false;
        for (member, score) in found {
            let at = score.parse::<f64>().unwrap_or(f64::INFINITY);
            #[expect(clippy::cast_precision_loss, reason = "times in ms are exact")]
            let is_after = at >= self.until as f64;
            if is_after {
                self.ended = true;
                break;
            }
            let place = Place(at, member.clone());
            if self.last.as_ref().is_some_and(|last| place <= *last) {
                continue;
            }
            self.last = Some(place);
            any = true;
            match member.parse::<OrderId>().ok().filter(|id| id.to_string() == *member) {
                Some(id) => part.ids.push(id),
                None => part.strange.push(member.clone()),
            }
        }
        any.then_some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(n: u32) -> String {
        format!("0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a{n:02}")
    }

    fn found(rows: &[(u32, i64)]) -> Vec<(String, String)> {
        rows.iter().map(|(n, at)| (member(*n), at.to_string())).collect()
    }

    #[test]
    fn orders_of_one_moment_come_once() {
        let mut index = Index::before(100);
        let part = index.part(&found(&[(1, 5), (2, 7), (3, 7)]), 3).unwrap();
        assert_eq!(part.ids.len(), 3);
        assert_eq!(index.part(&found(&[(2, 7), (3, 7)]), 2), None, "it must ask for more");
        assert!(!index.ended);
        let part = index.part(&found(&[(2, 7), (3, 7), (4, 7)]), 4).unwrap();
        assert_eq!(part.ids, [member(4).parse().unwrap()]);
        assert!(index.ended);
    }

    #[test]
    fn orders_created_meanwhile_are_left_out() {
        let mut index = Index::before(100);
        let part = index.part(&found(&[(1, 99), (2, 100)]), 2).unwrap();
        assert_eq!((part.ids.len(), index.ended), (1, true));
    }

    #[test]
    fn member_that_names_no_order_is_strange() {
        let mut index = Index::before(100);
        let upper = member(1).to_uppercase();
        let part = index.part(&[("x".to_owned(), "1".to_owned()), (upper.clone(), "2".to_owned())], 9);
        assert_eq!(part.unwrap().strange, ["x".to_owned(), upper]);
    }
}
