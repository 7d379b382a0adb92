//! Units of each SKU, summed over lines.

use std::collections::BTreeMap;

use estore_contract::Sku;

/// Units by SKU.
pub(super) type Pieces = BTreeMap<Sku, i128>;

pub(super) fn sum<'a, N: Into<i128>>(lines: impl IntoIterator<Item = (&'a Sku, N)>) -> Pieces {
    let mut sums = Pieces::new();
    for (sku, pieces) in lines {
        *sums.entry(sku.clone()).or_default() += pieces.into();
    }
    sums
}

/// Sums lines of SKU and quantity.
pub(super) fn of<N: Copy + Into<i128>>(lines: &[(Sku, N)]) -> Pieces {
    sum(lines.iter().map(|(sku, pieces)| (sku, *pieces)))
}
