//! Units of each SKU, summed over lines.

use std::collections::BTreeMap;

use estore_contract::Sku;

/// Units by SKU.
pub(super) type Units = BTreeMap<Sku, i128>;

pub(super) fn sum<'a, N: Into<i128>>(lines: impl IntoIterator<Item = (&'a Sku, N)>) -> Units {
    let mut sums = Units::new();
    for (sku, units) in lines {
        *sums.entry(sku.clone()).or_default() += units.into();
    }
    sums
}

/// Sums lines of SKU and quantity.
pub(super) fn of<N: Copy + Into<i128>>(lines: &[(Sku, N)]) -> Units {
    sum(lines.iter().map(|(sku, units)| (sku, *units)))
}
