//! The stock of products, each part with the moment at which it was read: the last entry of the
//! journal.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use estore_checker::stores::{Dump, Misread, Product, Raw, Snapshot};
use estore_contract::Sku;
use estore_stores::redis::StreamId;
use redis::pipe;

use super::{
    databases::{Databases, last_id, last_of_journal},
    source::text,
};

/// The number of products that are read in one moment.
const AT_ONCE: usize = 100;
const FIELDS: [&str; 3] = ["on_hand", "reserved", "received"];

/// Products of one moment; `None` for one that is not there.
pub(super) struct Moment {
    /// The last entry of the journal.
    pub(super) at: Option<StreamId>,
    pub(super) products: BTreeMap<Sku, Option<Product>>,
    pub(super) misread: Vec<Misread>,
}

/// Reads these products. The moments are in the order of the journal.
pub(super) async fn read(databases: &Databases, skus: &BTreeSet<Sku>) -> Result<Vec<Moment>> {
    let skus: Vec<&Sku> = skus.iter().collect();
    let mut moments = Vec::new();
    for part in skus.chunks(AT_ONCE) {
        databases.breathe().await;
        let mut commands = pipe();
        commands.atomic();
        for sku in part {
            commands.cmd("HMGET").arg(format!("{{inv}}:p:{sku}")).arg(&FIELDS);
        }
        commands.add_command(last_of_journal());
        let mut answers = databases.inventory.ask(commands).await?;
        let mut dump = Dump::new();
        for sku in part {
            let fields = match answers.next() {
                redis::Value::Array(values) => values.into_iter().map(text).collect(),
                _ => Vec::new(),
            };
            let kept: BTreeMap<String, String> = FIELDS
                .iter()
                .zip(fields)
                .filter_map(|(name, value)| Some(((*name).to_owned(), value?)))
                .collect();
            if !kept.is_empty() {
                dump.insert(format!("{{inv}}:p:{sku}"), Raw::Hash(kept));
            }
        }
        let at = last_id(answers.next());
        let snapshot = Snapshot::of(&dump);
        let products =
            part.iter().map(|sku| ((*sku).clone(), snapshot.products.get(*sku).copied())).collect();
        moments.push(Moment { at, products, misread: snapshot.misread });
    }
    Ok(moments)
}
