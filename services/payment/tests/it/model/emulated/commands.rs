//! `redis.call`: the dispatch of commands, and the commands of strings, lists, sets and streams.

use super::{Refused, Reply, Store, hashes, sorted};

/// Runs a command on the keys of `tag`. `now` is the server's time in ms. Also returns a flag that
/// is true if the command may write.
pub(super) fn run(
    store: &mut Store,
    tag: &str,
    now: i64,
    command: &str,
    args: &[String],
) -> Result<(Reply, bool), Refused> {
    if command == "TIME" {
        let micros = (now % 1000) * 1000;
        return Ok((Reply::texts([(now / 1000).to_string(), micros.to_string()]), false));
    }
    let [key, args @ ..] = args else { return Err(format!("{command} without a key")) };
    if !key.starts_with(tag) {
        return Err(format!("{command} {key}: the key is not of {tag}"));
    }
    let reply = match command.as_bytes() {
        [b'H', ..] => hashes::run(store, command, key, args),
        [b'Z', ..] => sorted::run(store, command, key, args),
        _ => other(store, now, command, key, args),
    }?;
    let reads = [
        "HGET",
        "HMGET",
        "HGETALL",
        "HKEYS",
        "HVALS",
        "HLEN",
        "ZSCORE",
        "ZCARD",
        "ZRANK",
        "ZREVRANK",
        "ZRANGE",
        "GET",
        "EXISTS",
        "LRANGE",
        "SMEMBERS",
        "SCARD",
        "XRANGE",
        "XREVRANGE",
    ];
    Ok((reply, !reads.contains(&command)))
}

/// Parses a whole number, as Redis does.
pub(super) fn number(text: &str) -> Result<i64, Refused> {
    text.parse().map_err(|_| format!("{text:?} is not a whole number"))
}

fn other(store: &mut Store, now: i64, command: &str, key: &str, args: &[String]) -> Result<Reply, Refused> {
    match (command, args) {
        ("GET", []) => Ok(Reply::maybe(store.text(key)?)),
        ("SET", [value]) => {
            store.remove(key);
            store.change_text(key, |text| {
                text.clone_from(value);
                Ok(Reply::Status("OK".to_owned()))
            })
        }
        ("DEL", []) => Ok(Reply::count(usize::from(store.remove(key)))),
        ("EXISTS", []) => Ok(Reply::count(usize::from(store.has(key)))),
        ("RPUSH", [_, ..]) => store.change_list(key, |list| {
            list.extend(args.iter().cloned());
            Ok(Reply::count(list.len()))
        }),
        ("LPUSH", [_, ..]) => store.change_list(key, |list| {
            for item in args {
                list.push_front(item.clone());
            }
            Ok(Reply::count(list.len()))
        }),
        ("LTRIM", [from, to]) if from == "0" => {
            let most = usize::try_from(number(to)?).map_err(|_| "LTRIM from the end".to_owned())? + 1;
            store.change_list(key, |list| {
                list.truncate(most);
                Ok(Reply::Status("OK".to_owned()))
            })
        }
        ("LRANGE", [from, to]) if from == "0" && to == "-1" => {
            Ok(Reply::texts(store.list(key)?.cloned().unwrap_or_default()))
        }
        ("SADD", [_, ..]) => store.change_set(key, |set| {
            Ok(Reply::count(args.iter().filter(|member| set.insert((*member).clone())).count()))
        }),
        ("SREM", [_, ..]) => store.change_set(key, |set| {
            Ok(Reply::count(args.iter().filter(|member| set.remove(*member)).count()))
        }),
        ("SCARD", []) => Ok(Reply::count(store.set(key)?.map_or(0, std::collections::BTreeSet::len))),
        ("SMEMBERS", []) => Ok(Reply::texts(store.set(key)?.cloned().unwrap_or_default())),
        ("XADD", [id, fields @ ..]) if id == "*" && fields.len() >= 2 && fields.len().is_multiple_of(2) => {
            store.change_stream(key, |entries| {
                let id = match entries.last() {
                    Some(((last, n), _)) if *last >= now => (*last, n + 1),
                    _ => (now, 0),
                };
                entries.push((id, fields.to_vec()));
                Ok(Reply::text(shown(id)))
            })
        }
        // Such a limit removes whole nodes of the stream only. With 10,000 entries it never removes
        // one here.
        ("XADD", [maxlen, about, _most, id, fields @ ..])
            if maxlen == "MAXLEN" && about == "~" && id == "0-*" && fields.len().is_multiple_of(2) =>
        {
            store.change_stream(key, |entries| {
                let id = entries.last().map_or((0, 1), |((last, n), _)| (*last, n + 1));
                entries.push((id, fields.to_vec()));
                Ok(Reply::text(shown(id)))
            })
        }
        ("XRANGE", [from, to, option, count]) if to == "+" && option == "COUNT" => {
            let most = usize::try_from(number(count)?).unwrap_or(0);
            let entries = store.stream(key)?.cloned().unwrap_or_default();
            let after = match from.as_str() {
                "-" => None,
                from => Some(place(from.strip_prefix('(').ok_or("XRANGE from an entry on")?)?),
            };
            let found = entries.into_iter().filter(|(id, _)| after.is_none_or(|after| *id > after));
            let entry =
                |(id, fields)| Reply::List(vec![Reply::text(shown(id)), Reply::texts::<String>(fields)]);
            Ok(Reply::List(found.take(most).map(entry).collect()))
        }
        _ => Err(format!("unknown command: {command} {key} {args:?}")),
    }
}

fn shown((ms, n): (i64, u32)) -> String {
    format!("{ms}-{n}")
}

fn place(text: &str) -> Result<(i64, u32), Refused> {
    let parts = text.split_once('-').and_then(|(ms, n)| Some((ms.parse().ok()?, n.parse().ok()?)));
    parts.ok_or_else(|| format!("{text} is no entry's id"))
}
