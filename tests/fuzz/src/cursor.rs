//! Cursors. One of ours reads back equal, and any other is refused without being repeated.

use std::str::FromStr;

use estore_contract::{Sku, UserId};
use estore_inventory::store::list::{Place, SortValue};
use estore_server::cursor::{Cursor, Moment};
use estore_stores::redis::StreamId;
use serde::{Serialize, de::DeserializeOwned};

use crate::text;

const PRODUCTS: Cursor<(Place, bool)> = Cursor::of("products");
const USERS: Cursor<(Moment, UserId)> = Cursor::of("users");
const TRANSACTIONS: Cursor<StreamId> = Cursor::of("transactions");

pub(crate) fn check(data: &[u8]) {
    let Some(text) = text(data) else { return };
    read(&PRODUCTS, text);
    read(&USERS, text);
    read(&TRANSACTIONS, text);
    if let Ok(name) = text.to_owned().try_into() {
        let (Ok(sku), descending) = (Sku::from_str("A"), data.len().is_multiple_of(2)) else { return };
        let place = (Place(SortValue::Name(name), sku), descending);
        let cursor = PRODUCTS.encode(&place);
        assert!(cursor.len() > 2048 || PRODUCTS.decode(&cursor).ok() == Some(place), "{cursor}");
        assert!(USERS.decode(&cursor).is_err(), "{cursor}");
    }
    if let Ok(id) = text.parse::<StreamId>() {
        assert_eq!(id.to_string(), text);
        assert_eq!(TRANSACTIONS.decode(&TRANSACTIONS.encode(&id)).ok(), Some(id));
    }
}

fn read<T: Serialize + DeserializeOwned>(list: &Cursor<T>, text: &str) {
    match list.decode(text) {
        Ok(place) => assert_eq!(list.encode(&place), text),
        // The refusal is the same for each.
        Err(refusal) => {
            let other = list.decode("!").map(|_| ());
            assert_eq!(format!("{:?}", Err::<(), _>(refusal)), format!("{other:?}"));
        }
    }
}
