//! The lines of a reservation.

use std::collections::BTreeMap;

use estore_contract::{Sku, reservation::ReserveLine};
use sha2::{Digest, Sha256};

/// Units by SKU: the sums of an order's lines. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(BTreeMap<Sku, u32>);

impl Lines {
    /// Sums the lines of each SKU, so that two lines cannot each fit if both together do not.
    /// Returns `None` if there are none, or more than 100.
    #[must_use]
    pub fn sum(lines: &[ReserveLine]) -> Option<Self> {
        let mut sums: BTreeMap<Sku, u32> = BTreeMap::new();
        for line in lines {
            // The sum cannot overflow: 100 lines of at most 999 units.
            *sums.entry(line.sku.clone()).or_default() += line.quantity.get();
        }
        (1..=100).contains(&lines.len()).then_some(Self(sums))
    }

    /// Iterates over SKUs and units, by SKU.
    pub fn iter(&self) -> impl Iterator<Item = (&Sku, u32)> {
        self.0.iter().map(|(sku, units)| (sku, *units))
    }

    /// Returns a text that is equal for equal sums, whatever the order of the lines.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for (sku, units) in self.iter() {
            hash.update(format!("{sku}={units};"));
        }
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: &str, units: u32) -> ReserveLine {
        ReserveLine { sku: sku.parse().unwrap(), quantity: estore_contract::Quantity::new(units).unwrap() }
    }

    #[test]
    fn lines_of_one_sku_are_summed() {
        let a = Lines::sum(&[line("A", 2), line("B", 1), line("A", 3)]).unwrap();
        let b = Lines::sum(&[line("B", 1), line("A", 5)]).unwrap();
        assert_eq!(a.fingerprint(), b.fingerprint());
        assert_ne!(a.fingerprint(), Lines::sum(&[line("A", 5)]).unwrap().fingerprint());
        assert_eq!(Lines::sum(&[]), None);
        assert_eq!(Lines::sum(&vec![line("A", 1); 101]), None);
    }
}
