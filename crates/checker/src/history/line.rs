//! Operations as lines of text.

use std::fmt;

use estore_contract::Sku;

use super::{Op, OpKind, Outcome, Seen};

fn lines(lines: &[(Sku, u32)]) -> String {
    let each: Vec<String> = lines.iter().map(|(sku, units)| format!("{units}×{sku}")).collect();
    each.join(" ")
}

impl fmt::Display for OpKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order { user, key, lines: bought, card } => {
                write!(f, "order {} key={key} user={user} card={card:?}", lines(bought))
            }
            Self::Cancel { order } => write!(f, "cancel {order}"),
            Self::Refund { order, key, lines: back, restock } => {
                let what = back.as_deref().map_or_else(|| "everything".to_owned(), lines);
                write!(f, "refund {order} {what} key={key} restock={restock}")
            }
            Self::Read { order } => write!(f, "read {order}"),
            Self::SaveCard { user } => write!(f, "save card user={user}"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("has not ended"),
            Self::Ok { status, seen } => write!(f, "ok {status} {seen}"),
            Self::Refused { status, code, order: Some(order) } => {
                write!(f, "refused {status} {code} order={order}")
            }
            Self::Refused { status, code, order: None } => write!(f, "refused {status} {code}"),
            Self::Unknown { why } => write!(f, "unknown: {why}"),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(order) => write!(f, "order {} {:?}", order.id, order.status),
            Self::Refund { n, status, amount } => write!(f, "refund {n} {status} {amount}"),
            Self::Card(id) => write!(f, "card {id}"),
            Self::Nothing => Ok(()),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} client {} at {}", self.id, self.client, self.invoked_ms)?;
        if let Some(ended) = self.ended_ms {
            write!(f, " +{} ms", ended.saturating_sub(self.invoked_ms))?;
        }
        write!(f, ": {} → {}", self.kind, self.outcome)
    }
}
