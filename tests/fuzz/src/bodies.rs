//! JSON bodies of every route. An accepted body reads back equal after it is written again. A
//! refusal repeats no value from the body, as it may be a password.

use std::fmt::Debug;

use estore_contract::{
    Code,
    inventory::{AdjustmentBody, CategoryBody, NewProduct, ProductBody, ProductPatch},
    payment::{OrderRequest, PaymentMethodRequest, RefundRequest},
    user::{LoginRequest, ProfilePatch, RefreshRequest, RegisterRequest, UserPatch, VerifyEmailRequest},
    verification::{TemplateBody, VerificationRequest},
};
use estore_server::extract::parse_json;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;

use crate::choose;

/// The text that seeds have in place of a secret.
const CANARY: &str = "CANARY";

pub(crate) fn check(data: &[u8]) {
    let checks = [
        there_and_back::<RegisterRequest>,
        there_and_back::<LoginRequest>,
        there_and_back::<RefreshRequest>,
        there_and_back::<VerifyEmailRequest>,
        there_and_back::<ProfilePatch>,
        there_and_back::<UserPatch>,
        there_and_back::<PaymentMethodRequest>,
        there_and_back::<OrderRequest>,
        there_and_back::<RefundRequest>,
        there_and_back::<NewProduct>,
        there_and_back::<ProductBody>,
        there_and_back::<ProductPatch>,
        there_and_back::<CategoryBody>,
        there_and_back::<AdjustmentBody>,
        there_and_back::<TemplateBody>,
        there_and_back::<VerificationRequest>,
    ];
    if let Some((way, body)) = choose(data, 16)
        && let Some(check) = checks.get(usize::from(way))
    {
        check(body);
    }
}

pub(crate) fn there_and_back<T>(body: &[u8])
where
    T: DeserializeOwned + Serialize + ToSchema + Debug + 'static,
{
    match parse_json::<T>(body) {
        Ok(value) => {
            let written = serde_json::to_vec(&value).unwrap_or_default();
            let again = parse_json::<T>(&written);
            let again = again.map(|again| serde_json::to_vec(&again).unwrap_or_default());
            assert_eq!(again.ok().as_deref(), Some(written.as_slice()), "{value:?}");
        }
        Err(refusal) => {
            assert!(matches!(refusal.code(), Code::BadRequest | Code::ValidationError), "{refusal:?}");
            let is_json = serde_json::from_slice::<Value>(body);
            // A refusal repeats field names, and this check skips bodies that are not JSON.
            let named = match &is_json {
                Ok(value) => has_key(value, CANARY),
                // It is JSON with a number out of range: the refusal names its field.
                Err(error) => error.to_string().starts_with("number out of range"),
            };
            assert!(named || !format!("{refusal:?}").contains(CANARY), "{refusal:?}");
        }
    }
}

fn has_key(value: &Value, part: &str) -> bool {
    match value {
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains(part) || has_key(value, part))
        }
        Value::Array(items) => items.iter().any(|item| has_key(item, part)),
        _ => false,
    }
}
