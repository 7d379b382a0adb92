//! The view of a final order, written once. It is the order's JSON without the fields that still
//! change, which are inserted when clients read it.

use estore_contract::{OrderId, UserId};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Order;

impl Order {
    /// Returns the lines of the view that stay. The first ends before the refunded amount, the
    /// second before the shipping address, and the third before the date of the last change. The
    /// shipping address, if there is one, comes last, so that it can be cut off.
    pub fn view_lines(&self) -> Result<String, serde_json::Error> {
        let view = self.view();
        let (refunded, currency) = match view.refunded {
            Some(refunded) => ("{\"amount\":", format!(",\"currency\":\"{}\"}}", refunded.currency.code())),
            None => ("null", String::new()),
        };
        let mut lines = format!(
            ",\"items\":{},\"total\":{},\"payment_method\":{},\"refunded\":{refunded}\n{currency},\"failure\":{}\n,\"created_at\":\"{}\",\"updated_at\":\"",
            json(&view.items)?,
            json(&view.total)?,
            json(&view.payment_method)?,
            json(&view.failure)?,
            rfc3339(self.created_at)?,
        );
        if let Some(address) = &view.shipping_address {
            lines.push_str("\n,\"shipping_address\":");
            lines.push_str(&json(address)?);
        }
        Ok(lines)
    }
}

/// A view as the store has it: the fields that change, then the lines that stay.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The order's owner.
    pub user: UserId,
    status: &'a str,
    updated_at: OffsetDateTime,
    refunded: &'a str,
    lines: [&'a str; 3],
    address: &'a str,
}

impl<'a> Shown<'a> {
    /// Parses a view; returns `None` if the text is not one.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut lines = text.splitn(5, '\n');
        let mut words = lines.next()?.split(' ');
        let (status, updated_at, refunded) = (words.next()?, words.next()?, words.next()?);
        let millis: u64 = updated_at.parse().ok()?;
        Some(Self {
            user: words.next()?.parse().ok()?,
            status,
            updated_at: OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()?,
            refunded,
            lines: [lines.next()?, lines.next()?, lines.next()?],
            address: lines.next().unwrap_or_default(),
        })
    }

    /// Appends the order's JSON, the same as that of [`Order::view`].
    pub fn write(&self, id: OrderId, out: &mut String) -> Result<(), serde_json::Error> {
        let [first, second, dates] = self.lines;
        let refunded = if first.ends_with("null") { "" } else { self.refunded };
        let updated_at = rfc3339(self.updated_at)?;
        let (number, id) = (id.number().to_string(), id.to_string());
        let parts = [
            "{\"id\":\"",
            &id,
            "\",\"number\":\"",
            &number,
            "\",\"status\":\"",
            self.status,
            "\"",
            first,
            refunded,
            second,
            self.address,
            dates,
        ];
        for part in parts.into_iter().chain([updated_at.as_str(), "\"}"]) {
            out.push_str(part);
        }
        Ok(())
    }
}

fn json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(value)
}

fn rfc3339(time: OffsetDateTime) -> Result<String, serde_json::Error> {
    time.format(&Rfc3339).map_err(serde::ser::Error::custom)
}

#[cfg(test)]
mod tests;
