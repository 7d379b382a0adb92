//! How many of each SKU, over all lines.

use std::collections::BTreeMap;

use estore_contract::Sku;

/// Pieces by SKU.
pub(super) type Pieces = BTreeMap<Sku, i128>;

/// The sum of lines.
pub(super) fn sum<'a, N: Into<i128>>(lines: impl IntoIterator<Item = (&'a Sku, N)>) -> Pieces {
    let mut sums = Pieces::new();
    for (sku, pieces) in lines {
        *sums.entry(sku.clone()).or_default() += pieces.into();
    }
    sums
}

/// The sum of lines of SKU and quantity.
pub(super) fn of<N: Copy + Into<i128>>(lines: &[(Sku, N)]) -> Pieces {
    sum(lines.iter().map(|(sku, pieces)| (sku, *pieces)))
}
