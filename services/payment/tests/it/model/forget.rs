//! The stores record times in many places, and most of them decide nothing. Without such times,
//! states that differ in nothing else become one. The times that decide stay: deadlines, the
//! creation of an order, and the times at which work is due.

use super::{
    calls::Side,
    cast::START,
    emulated::{Store, Value},
};

/// Returns the store without the times that nothing reads. Unless the journal is read too, its
/// entries of one order are put before those of the other.
pub(crate) fn without_times(side: Side, mut store: Store, reads_journal: bool) -> Store {
    match side {
        Side::Inventory => {
            store.change_all(|key, value| match value {
                Value::List(moves) if key.starts_with("{inv}:m:") => moves.clear(),
                Value::Stream(entries) => {
                    if !reads_journal {
                        entries.sort_by(|(_, one), (_, other)| one[3].cmp(&other[3]));
                    }
                    numbered(entries);
                }
                _ => {}
            });
        }
        Side::Payment => {
            // Counters by the hour, which nothing in the protocol reads.
            store.replace(&Store::default(), |key| key.starts_with("{pay}:sales"));
            store.change_all(|key, value| match value {
                Value::Hash(fields) if key.starts_with("{pay}:o:") => at_start(fields, "updated_at"),
                Value::Hash(views) if key == "{pay}:views" => {
                    for view in views.values_mut() {
                        let moving: Vec<&str> = view.splitn(3, ' ').collect();
                        *view = format!("{} {START} {}", moving[0], moving[2]);
                    }
                }
                Value::Hash(fields) if key.ends_with(":closed") => {
                    at_start(fields, "at");
                    at_start(fields, "done");
                }
                Value::List(history) => {
                    for line in history {
                        let end = line.rfind(' ').unwrap();
                        line.replace_range(end + 1.., "then");
                    }
                }
                Value::Stream(entries) => {
                    for (_, fields) in entries.iter_mut() {
                        let at = fields.iter().position(|field| field == "at").unwrap();
                        fields[at + 1] = START.to_string();
                    }
                    numbered(entries);
                }
                Value::Sorted(members) if key != "{pay}:work" => {
                    for score in members.values_mut() {
                        *score = START;
                    }
                }
                _ => {}
            });
        }
        Side::Gateway => {
            store.change_all(|_, value| match value {
                Value::Hash(fields) => {
                    at_start(fields, "created_at");
                    at_start(fields, "updated_at");
                }
                Value::Sorted(members) => members.values_mut().for_each(|score| *score = START),
                _ => {}
            });
        }
    }
    store
}

fn at_start(fields: &mut std::collections::BTreeMap<String, String>, field: &str) {
    if let Some(value) = fields.get_mut(field) {
        *value = START.to_string();
    }
}

fn numbered(entries: &mut [((i64, u32), Vec<String>)]) {
    for (at, (id, _)) in entries.iter_mut().enumerate() {
        *id = (START, u32::try_from(at).unwrap());
    }
}
