//! The stock by the journal, compared with the products and with the reservations.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::Result;
use estore_checker::{Findings, Traces, is_within_bounds, stores::Product};
use estore_contract::{OrderId, Sku};

use super::{
    balance::{self, Group},
    databases::{Beginning, Databases},
    journal::{Journal, Page},
    products::{self, Moment},
    tally::Tally,
    walk::JournalSide,
};

/// The stock by the journal, and what it was compared with.
pub(super) struct Replayed {
    pub(super) journal: Journal,
    pub(super) sums: JournalSide,
    pub(super) findings: Tally,
    /// The products that differ.
    pub(super) differ: BTreeSet<Sku>,
}

/// Reads the journal from its beginning to the last of these moments. Compares each product with it
/// at the moment at which the product was read, and adds the movements of orders to the sums. With
/// `archive`, some orders are in the archive, and in no sum.
pub(super) async fn replay(
    databases: Databases,
    beginning: Beginning,
    archive: bool,
    moments: Vec<Moment>,
    mut journal: Journal,
    mut sums: JournalSide,
) -> Result<Replayed> {
    let mut findings = Tally::default();
    let mut differ = BTreeSet::new();
    let until = moments.iter().map(|moment| moment.at).chain([beginning.journal]).max().flatten();
    let mut moments = moments.into_iter().peekable();
    let mut known = BTreeSet::new();
    while let Some(Page { movements, misread, .. }) = journal.next(&databases, until).await? {
        for (subject, what) in misread {
            findings.add(11, &subject, &what);
        }
        let ids = movements.iter().filter_map(|(_, movement, _)| movement.order);
        let gone = if archive { databases.archived(ids.collect()).await? } else { HashSet::new() };
        for (place, movement, entry) in movements {
            while let Some(moment) = moments.next_if(|moment| moment.at < Some(place)) {
                compare(&moment, &journal, &mut differ);
                known.extend(moment.products.into_keys());
            }
            if let Some(order) = movement.order {
                let counts = Some(place) <= beginning.journal
                    && !sums.left_out.contains(&order)
                    && !gone.contains(&order);
                if counts {
                    sums.journal.add(order, balance::of_movement(order, &movement));
                }
            } else {
                // Only a movement of an order names none by mistake.
                let mut found = Findings::default();
                Traces::default().follow(&movement, &mut found);
                findings.add_all(&found.violations);
            }
            if let Some(order) = journal.apply(&movement, entry) {
                sums.suspects.add(order);
            }
        }
    }
    for moment in moments {
        compare(&moment, &journal, &mut differ);
        known.extend(moment.products.into_keys());
    }
    differ.extend(journal.replay.skus().filter(|sku| !known.contains(*sku)).cloned());
    Ok(Replayed { journal, sums, findings, differ })
}

fn compare(moment: &Moment, journal: &Journal, differ: &mut BTreeSet<Sku>) {
    for (sku, product) in &moment.products {
        let kept = product.as_ref().map_or([0; 3], Product::counts);
        if kept != journal.replay.of(sku) {
            differ.insert(sku.clone());
        }
    }
}

/// Checks equation 1 for each product, and values that do not parse.
pub(super) fn bounds(moments: &[Moment], tally: &mut Tally) {
    for moment in moments {
        let mut found = Findings::default();
        for misread in &moment.misread {
            found.add(11, &misread.subject, &misread.what);
        }
        for (sku, product) in &moment.products {
            if let Some(product) = product {
                tally.checked.products += 1;
                is_within_bounds(sku, product, &mut found);
            }
        }
        tally.add_all(&found.violations);
    }
}

/// Reads products again that differ, and follows the journal to the same moment. What differs then
/// is a violation of equations 2 and 3.
pub(super) async fn settle(
    databases: &Databases,
    differ: &BTreeSet<Sku>,
    journal: &mut Journal,
    tally: &mut Tally,
) -> Result<()> {
    for Moment { at, products, .. } in products::read(databases, differ).await? {
        journal.follow(databases, at).await?;
        let mut found = Findings::default();
        for (sku, product) in &products {
            let [_, held, _] = journal.replay.of(sku);
            let reserved = product.map_or(0, |product| i128::from(product.reserved));
            if reserved != held {
                found.add(2, sku, format!("{reserved} are reserved, and by the journal {held} are held"));
            }
            journal.replay.compare(sku, product.as_ref(), &mut found);
        }
        tally.add_all(&found.violations);
    }
    Ok(())
}

impl Journal {
    /// Watches more orders, and those in some groups. Reads the journal up to the current place
    /// once more for their entries.
    pub(super) async fn watch_more(
        &mut self,
        databases: &Databases,
        orders: &BTreeSet<OrderId>,
        groups: &BTreeSet<Group>,
    ) -> Result<()> {
        let mut missing = BTreeMap::<OrderId, Vec<_>>::new();
        missing
            .extend(orders.iter().filter(|id| !self.watched.contains_key(*id)).map(|id| (*id, Vec::new())));
        if missing.is_empty() && groups.is_empty() {
            return Ok(());
        }
        let mut again = Self::default();
        while let Some(page) = again.next(databases, self.place()).await? {
            for (_, movement, entry) in page.movements {
                let Some(order) = movement.order.filter(|order| !self.watched.contains_key(order)) else {
                    continue;
                };
                if groups.contains(&Group::of(order)) || missing.contains_key(&order) {
                    missing.entry(order).or_default().push(entry);
                }
            }
        }
        self.watched.extend(missing);
        Ok(())
    }
}
