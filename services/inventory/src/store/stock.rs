//! Stock as admins see and change it.

use estore_contract::{
    Sku,
    inventory::{Adjustment, AdjustmentBody, Movement, Stock},
};
use estore_stores::redis::{Redis, fcall, time_of};
use redis::pipe;

use super::TAG;
use crate::Error;

/// The number of movements that are shown.
const SHOWN: isize = 50;

/// Reads the stock of a SKU with its latest movements, in one round trip.
pub async fn read(redis: &Redis, sku: &Sku) -> Result<Stock, Error> {
    let mut both = pipe();
    both.cmd("HMGET").arg(format!("{TAG}:p:{sku}")).arg("on_hand").arg("reserved");
    both.cmd("LRANGE").arg(format!("{TAG}:m:{sku}")).arg(0).arg(SHOWN - 1);
    let ((on_hand, reserved), movements): ((Option<i64>, Option<i64>), Vec<String>) =
        both.query_async(&mut redis.connection()).await?;
    let (on_hand, reserved) = on_hand.zip(reserved).ok_or(Error::NotFound)?;
    let movements = movements.iter().map(|kept| movement(kept)).collect::<Option<Vec<_>>>();
    let movements = movements.ok_or_else(|| Error::Unexpected(format!("movements of {sku}")))?;
    Ok(Stock { sku: sku.clone(), on_hand, reserved, available: on_hand - reserved, movements })
}

fn movement(kept: &str) -> Option<Movement> {
    let (kind, delta, on_hand, reason, at): (String, String, String, String, String) =
        serde_json::from_str(kept).ok()?;
    Some(Movement {
        kind,
        delta: delta.parse().ok()?,
        on_hand: on_hand.parse().ok()?,
        reason,
        at: time_of(&at)?,
    })
}

/// Records an adjustment once for each idempotency key. Returns `true` with it if it was recorded
/// before.
pub async fn adjust(
    redis: &Redis,
    sku: &Sku,
    body: AdjustmentBody,
    key: &str,
) -> Result<(Adjustment, bool), Error> {
    let mut call = fcall("inv1_adjust", TAG);
    let fingerprint = format!("{} {}", body.delta, body.reason);
    call.arg(sku.as_str()).arg(body.delta).arg(body.reason.as_str()).arg(key).arg(fingerprint);
    let answer: Vec<String> =
        call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    let word = answer.first().map_or("", String::as_str);
    let number = || {
        let number = answer.get(1).and_then(|number| number.parse().ok());
        number.ok_or_else(|| Error::Unexpected(format!("{word} without a number, for {sku}")))
    };
    match word {
        "adjusted" | "replayed" => Ok((
            Adjustment { sku: sku.clone(), delta: body.delta, reason: body.reason, on_hand: number()? },
            word == "replayed",
        )),
        "none" => Err(Error::NotFound),
        "mismatch" => Err(Error::KeyReused),
        "short" => Err(Error::InsufficientStock("delta", vec![(sku.clone(), number()?)])),
        "too_many" => Err(Error::Invalid(vec![estore_contract::FieldError::new(
            "delta",
            "must not raise the stock above 1000000000 units",
        )])),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}
