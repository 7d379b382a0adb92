//! Cursors: one that we made comes back as it was, and one that we did not is refused without being repeated.

use estore_kit::cursor::{decode, encode};
use serde_json::Value;

use crate::text;

/// As the lists have them: by text or number, then by id.
type Place = (bool, Value, String);

pub(crate) fn check(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let made: Place = (data.len().is_multiple_of(2), data.len().into(), text.to_owned());
    assert_eq!(decode::<Place>(&encode(&made)).ok(), Some(made));
    match decode::<Place>(text) {
        Ok(place) => assert_eq!(decode::<Place>(&encode(&place)).ok(), Some(place)),
        // It says of each the same.
        Err(refusal) => {
            let other = decode::<Place>("!").map(|_| ());
            assert_eq!(format!("{:?}", Err::<(), _>(refusal)), format!("{other:?}"));
        }
    }
}
