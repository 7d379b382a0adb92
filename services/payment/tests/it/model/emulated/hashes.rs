//! The commands of hashes.

use super::{Refused, Reply, Store, commands::number};

pub(super) fn run(store: &mut Store, command: &str, key: &str, args: &[String]) -> Result<Reply, Refused> {
    let kept = |store: &Store| Ok::<_, Refused>(store.hash(key)?.cloned().unwrap_or_default());
    match (command, args) {
        ("HGET", [field]) => Ok(Reply::maybe(kept(store)?.get(field))),
        ("HMGET", [_, ..]) => {
            let kept = kept(store)?;
            Ok(Reply::List(args.iter().map(|field| Reply::maybe(kept.get(field))).collect()))
        }
        ("HGETALL", []) => {
            Ok(Reply::texts(kept(store)?.into_iter().flat_map(|(field, value)| [field, value])))
        }
        ("HKEYS", []) => Ok(Reply::texts(kept(store)?.into_keys())),
        ("HVALS", []) => Ok(Reply::texts(kept(store)?.into_values())),
        ("HLEN", []) => Ok(Reply::count(kept(store)?.len())),
        ("HSET", [_, ..]) if args.len().is_multiple_of(2) => store.change_hash(key, |fields| {
            let is_new = |pair: &&[String]| fields.insert(pair[0].clone(), pair[1].clone()).is_none();
            Ok(Reply::count(args.chunks_exact(2).filter(is_new).count()))
        }),
        ("HSETNX", [field, value]) => store.change_hash(key, |fields| {
            let is_new = !fields.contains_key(field);
            if is_new {
                fields.insert(field.clone(), value.clone());
            }
            Ok(Reply::count(usize::from(is_new)))
        }),
        ("HINCRBY", [field, by]) => store.change_hash(key, |fields| {
            let sum = fields.get(field).map_or(Ok(0), |value| number(value))? + number(by)?;
            fields.insert(field.clone(), sum.to_string());
            Ok(Reply::Int(sum))
        }),
        ("HDEL", [_, ..]) => store.change_hash(key, |fields| {
            Ok(Reply::count(args.iter().filter(|field| fields.remove(*field).is_some()).count()))
        }),
        _ => Err(format!("unknown command: {command} {key} {args:?}")),
    }
}
