//! Uploaded images. An accepted image is within its bounds, and is accepted again.

use estore_inventory::images::{Format, PIXELS};

use crate::choose;

pub(crate) fn check(data: &[u8]) {
    let Some((way, data)) = choose(data, 5) else { return };
    let Some(format) = Format::ALL.get(usize::from(way)) else { return };
    if let Ok(size) = format.measure(data) {
        assert!((1..=PIXELS).contains(&size.pixels()), "{size:?}");
        assert_eq!(format.measure(data), Ok(size));
    }
}
