//! The lines of a reservation.

use std::collections::BTreeMap;

use estore_contract::{Sku, reservation::ReserveLine};
use sha2::{Digest, Sha256};

/// Pieces by SKU: what an order's lines come to. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(BTreeMap<Sku, u32>);

impl Lines {
    /// Sums lines of one SKU, so that two of them cannot each fit where both do not. `None` where there are none, or more
    /// than 100.
    #[must_use]
    pub fn sum(lines: &[ReserveLine]) -> Option<Self> {
        let mut sums: BTreeMap<Sku, u32> = BTreeMap::new();
        for line in lines {
            // 100 lines of at most 999 pieces.
            *sums.entry(line.sku.clone()).or_default() += line.quantity.get();
        }
        (1..=100).contains(&lines.len()).then_some(Self(sums))
    }

    /// SKU and pieces, by SKU.
    pub fn iter(&self) -> impl Iterator<Item = (&Sku, u32)> {
        self.0.iter().map(|(sku, pieces)| (sku, *pieces))
    }

    /// Equal for equal sums, whatever the order of the lines.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for (sku, pieces) in self.iter() {
            hash.update(format!("{sku}={pieces};"));
        }
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: &str, pieces: u32) -> ReserveLine {
        ReserveLine { sku: sku.parse().unwrap(), quantity: estore_contract::Quantity::new(pieces).unwrap() }
    }

    #[test]
    fn lines_of_one_sku_are_summed_and_their_order_does_not_matter() {
        let a = Lines::sum(&[line("A", 2), line("B", 1), line("A", 3)]).unwrap();
        let b = Lines::sum(&[line("B", 1), line("A", 5)]).unwrap();
        assert_eq!(a.fingerprint(), b.fingerprint());
        assert_ne!(a.fingerprint(), Lines::sum(&[line("A", 5)]).unwrap().fingerprint());
        assert_eq!(Lines::sum(&[]), None);
        assert_eq!(Lines::sum(&vec![line("A", 1); 101]), None);
    }
}
