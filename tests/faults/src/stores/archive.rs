//! Orders that left Redis for files (`bootstrap archive`). With them added to the rest, all
//! equations must hold as before.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use estore_contract::{
    OrderId,
    archive::{OrderRecord, RecordValue},
};

use super::{Dump, Raw};

/// Returns the orders in the files of an archive. Fails if one is there twice.
pub fn orders(directory: &Path) -> Result<BTreeMap<OrderId, OrderRecord>> {
    let mut orders = BTreeMap::new();
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        let kept = fs::read_to_string(path.with_added_extension("kept")).unwrap_or_default();
        let kept: BTreeSet<&str> = kept.lines().collect();
        for line in fs::read_to_string(&path)?.lines() {
            let record: OrderRecord = serde_json::from_str(line)?;
            let id = record.order.order_id;
            if !kept.contains(id.to_string().as_str()) {
                ensure!(orders.insert(id, record).is_none(), "order {id} is in the archive twice");
            }
        }
    }
    Ok(orders)
}

/// Adds archived orders to the dump. Fails if one is still there.
pub fn put_back(dump: &mut Dump, orders: BTreeMap<OrderId, OrderRecord>) -> Result<()> {
    for (id, record) in orders {
        let order = record.keys.get(&format!("{{pay}}:o:{id}"));
        let Some(RecordValue::Hash(order)) = order else { anyhow::bail!("order {id} is not in its record") };
        let field = |name: &str| order.get(name).cloned().with_context(|| format!("{name} of {id}"));
        let lists = ["{pay}:orders".to_owned(), format!("{{pay}}:u:{}:orders", field("user")?)];
        for list in lists {
            let scores = dump.entry(list).or_insert_with(|| Raw::Scores(BTreeMap::new()));
            let Raw::Scores(scores) = scores else { anyhow::bail!("a list of orders is none") };
            ensure!(scores.insert(id.to_string(), field("created_at")?).is_none(), "{id} is still listed");
        }
        for (key, value) in record.keys {
            let raw = match value {
                RecordValue::Hash(fields) => Raw::Hash(fields),
                RecordValue::List(lines) => Raw::List(lines),
            };
            ensure!(dump.insert(key.clone(), raw).is_none(), "{key} is archived, and still there");
        }
    }
    Ok(())
}
