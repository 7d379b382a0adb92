//! Stock as admins see and change it.

use estore_contract::{
    Sku,
    inventory::{Adjustment, AdjustmentBody, Movement, Stock},
};
use estore_kit::redis::{Redis, fcall};
use redis::pipe;

use super::{TAG, time_of};
use crate::Error;

/// How many movements are shown.
const SHOWN: isize = 50;

/// The stock of a SKU with its latest movements: one round trip.
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
        at: time_of(&at),
    })
}

/// Books an adjustment once for each key; `true` where it was booked before.
pub async fn adjust(
    redis: &Redis,
    sku: &Sku,
    body: AdjustmentBody,
    key: &str,
) -> Result<(Adjustment, bool), Error> {
    let mut call = fcall("inv1_adjust", TAG);
    let fingerprint = format!("{} {}", body.delta, body.reason);
    call.arg(sku.as_str()).arg(body.delta).arg(body.reason.as_str()).arg(key).arg(fingerprint);
    let answer: Vec<String> = call.query_async(&mut redis.connection()).await.map_err(Error::Write)?;
    let mut answer = answer.into_iter();
    let (word, number) = (
        answer.next().unwrap_or_default(),
        answer.next().and_then(|number| number.parse().ok()).unwrap_or(0),
    );
    match word.as_str() {
        "adjusted" | "replayed" => Ok((
            Adjustment { sku: sku.clone(), delta: body.delta, reason: body.reason, on_hand: number },
            word == "replayed",
        )),
        "none" => Err(Error::NotFound),
        "mismatch" => Err(Error::KeyReused),
        "short" => Err(Error::InsufficientStock("delta", vec![(sku.clone(), number)])),
        "too_many" => Err(Error::Invalid(vec![estore_contract::FieldError::new(
            "delta",
            "would make more than 1,000,000,000 pieces",
        )])),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}
