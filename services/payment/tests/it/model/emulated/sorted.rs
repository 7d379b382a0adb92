//! The commands of sorted sets.

use std::collections::BTreeMap;

use super::{Refused, Reply, Store, commands::number};

pub(super) fn run(store: &mut Store, command: &str, key: &str, args: &[String]) -> Result<Reply, Refused> {
    let kept = |store: &Store| Ok::<_, Refused>(store.sorted(key)?.cloned().unwrap_or_default());
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match (command, words.as_slice()) {
        ("ZADD", ["NX", pairs @ ..]) if !pairs.is_empty() && pairs.len().is_multiple_of(2) => {
            add(store, key, pairs, true)
        }
        ("ZADD", pairs) if !pairs.is_empty() && pairs.len().is_multiple_of(2) => {
            add(store, key, pairs, false)
        }
        ("ZREM", [_, ..]) => store.change_sorted(key, |members| {
            Ok(Reply::count(args.iter().filter(|member| members.remove(*member).is_some()).count()))
        }),
        ("ZSCORE", [member]) => Ok(Reply::maybe(kept(store)?.get(*member).map(i64::to_string).as_ref())),
        ("ZCARD", []) => Ok(Reply::count(kept(store)?.len())),
        ("ZRANK", [member]) => Ok(rank(&in_order(kept(store)?, false), member)),
        ("ZREVRANK", [member]) => Ok(rank(&in_order(kept(store)?, true), member)),
        ("ZRANGE", [from, to, options @ ..]) => range(kept(store)?, from, to, options),
        _ => Err(format!("unknown command: {command} {key} {args:?}")),
    }
}

fn add(store: &mut Store, key: &str, pairs: &[&str], only_new: bool) -> Result<Reply, Refused> {
    store.change_sorted(key, |members| {
        let mut added = 0;
        for pair in pairs.chunks_exact(2) {
            let (at, member) = (number(pair[0])?, pair[1].to_owned());
            added += usize::from(!members.contains_key(&member));
            if !(only_new && members.contains_key(&member)) {
                members.insert(member, at);
            }
        }
        Ok(Reply::count(added))
    })
}

/// Sorts by score, then by name.
fn in_order(members: BTreeMap<String, i64>, reversed: bool) -> Vec<(String, i64)> {
    let mut members: Vec<_> = members.into_iter().collect();
    members.sort_by(|(one, low), (other, high)| (low, one).cmp(&(high, other)));
    if reversed {
        members.reverse();
    }
    members
}

fn rank(members: &[(String, i64)], member: &str) -> Reply {
    members.iter().position(|(name, _)| name == member).map_or(Reply::Nil, Reply::count)
}

fn range(members: BTreeMap<String, i64>, from: &str, to: &str, options: &[&str]) -> Result<Reply, Refused> {
    let (mut by_score, mut reversed, mut scores, mut limit) = (false, false, false, None);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "BYSCORE" => by_score = true,
            "REV" => reversed = true,
            "WITHSCORES" => scores = true,
            "LIMIT" => {
                let mut next = || options.next().map_or(Err("syntax error".to_owned()), |arg| number(arg));
                limit = Some((next()?, next()?));
            }
            other => return Err(format!("unknown option: ZRANGE {other}")),
        }
    }
    let ordered = in_order(members, reversed);
    let found: Vec<_> = if by_score {
        let (low, high) = if reversed { (to, from) } else { (from, to) };
        let (low, high) = (bound(low, 1)?, bound(high, -1)?);
        let (skip, most) = limit.unwrap_or((0, i64::MAX));
        let within = ordered.into_iter().filter(|(_, score)| (low..=high).contains(score));
        within.skip(usize::try_from(skip).unwrap()).take(usize::try_from(most).unwrap()).collect()
    } else {
        if limit.is_some() {
            return Err("LIMIT without BYSCORE".to_owned());
        }
        let count = i64::try_from(ordered.len()).unwrap();
        let place = |at: i64| if at < 0 { (count + at).max(0) } else { at };
        let (from, to) = (place(number(from)?), number(to)?);
        let to = if to < 0 { count + to } else { to };
        let within = |at: usize| (from..=to).contains(&i64::try_from(at).unwrap());
        ordered.into_iter().enumerate().filter(|(at, _)| within(*at)).map(|(_, member)| member).collect()
    };
    Ok(Reply::texts(
        found.into_iter().flat_map(|(member, score)| {
            [Some(member), scores.then(|| score.to_string())].into_iter().flatten()
        }),
    ))
}

/// Parses a bound of scores; an exclusive bound moves by `inward`.
fn bound(text: &str, inward: i64) -> Result<i64, Refused> {
    match text {
        "-inf" => Ok(i64::MIN),
        "+inf" => Ok(i64::MAX),
        _ => text.strip_prefix('(').map_or_else(|| number(text), |text| Ok(number(text)? + inward)),
    }
}
