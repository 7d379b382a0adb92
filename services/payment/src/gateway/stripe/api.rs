//! One attempt of one request, and the interpretation of its answer.

use std::time::Duration;

use estore_base::config::ConfigError;
use estore_client::ExternalClient;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::{
    settings::{STRIPE_API_BASE, STRIPE_API_KEY},
    wire::{ErrorBody, Refusal},
};
use crate::gateway::GatewayError;

/// The API version whose shapes `wire` has. A stripe-mock of the same version checks the requests.
pub(super) const VERSION: &str = "2026-08-26.dahlia";

/// Stripe's API, with our key.
#[derive(Clone)]
pub(super) struct Api {
    outside: ExternalClient,
}

/// The answer to a request with an idempotency key.
pub(super) struct Reply<T> {
    pub(super) answer: Result<T, Refusal>,
    /// True if this repeats the answer to the key's first request, which describes the state at
    /// that time.
    pub(super) replayed: bool,
}

impl<T> Reply<T> {
    /// Returns the answer if it describes the current state.
    pub(super) fn fresh(self) -> Option<Result<T, Refusal>> {
        (!self.replayed).then_some(self.answer)
    }
}

impl Api {
    pub(super) fn new(base: &str, key: &SecretString, deadline: Duration) -> Result<Self, ConfigError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()))
            .map_err(|_| STRIPE_API_KEY.wrong("must have only characters of a header value"))?;
        bearer.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert("stripe-version", HeaderValue::from_static(VERSION));
        Ok(Self { outside: ExternalClient::new(STRIPE_API_BASE.name, base, headers, deadline)? })
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Result<T, Refusal>, GatewayError> {
        let answer = self
            .outside
            .get(path, query)
            .await
            .map_err(|unknown| GatewayError::OutcomeUnknown(unknown.to_string()))?;
        judge(path, &answer)
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        form: &[(&str, String)],
    ) -> Result<Reply<T>, GatewayError> {
        let key =
            HeaderValue::try_from(key).map_err(|error| GatewayError::OutcomeUnknown(error.to_string()))?;
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static("idempotency-key"), key)]);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.outside.post(path, headers, &form).await;
        let answer = answer.map_err(|unknown| GatewayError::OutcomeUnknown(unknown.to_string()))?;
        let replayed = answer.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
        Ok(Reply { answer: judge(path, &answer)?, replayed })
    }
}

/// Interprets an answer. Only a refusal in Stripe's own words, with a status that says that nothing
/// was done, counts as one. Any other answer leaves the outcome unknown: a limit, a conflict with a
/// request in progress, a server error, a proxy's page.
fn judge<T: DeserializeOwned>(
    path: &str,
    answer: &Response<impl AsRef<[u8]>>,
) -> Result<Result<T, Refusal>, GatewayError> {
    let (status, body) = (answer.status(), answer.body().as_ref());
    let unknown =
        |reason: &str| GatewayError::OutcomeUnknown(format!("status {}: {reason}", status.as_u16()));
    if status.is_success() {
        return serde_json::from_slice(body).map(Ok).map_err(|_| unknown("unexpected body"));
    }
    let refusal = serde_json::from_slice::<ErrorBody>(body).map(|body| body.error).ok();
    let request = answer.headers().get("request-id").and_then(|id| id.to_str().ok());
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        tracing::error!(%status, request, path, "Stripe rejected the API key; check STRIPE_API_KEY and its permissions");
        return Err(unknown("the API key is rejected"));
    }
    let refusing =
        matches!(status, StatusCode::BAD_REQUEST | StatusCode::PAYMENT_REQUIRED | StatusCode::NOT_FOUND);
    match refusal {
        Some(refusal) if refusing && refusal.is_about_the_request() => {
            if !refusal.is_decline() {
                tracing::warn!(%status, request, path, ?refusal, "Stripe refused a request");
            }
            Ok(Err(refusal))
        }
        Some(refusal) => {
            tracing::warn!(%status, request, path, ?refusal, "Stripe request failed; its outcome is unknown");
            Err(unknown(&refusal.word()))
        }
        None => Err(unknown("not an answer from Stripe")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn judged(status: u16, body: &str) -> Result<Result<Value, Refusal>, GatewayError> {
        judge("path", &Response::builder().status(status).body(body.to_owned()).unwrap())
    }

    #[test]
    fn only_stripes_own_refusals_are_refusals() {
        let error = |kind: &str, code: &str| json!({"error": {"type": kind, "code": code}}).to_string();
        for (status, kind, code) in [
            (400, "invalid_request_error", "payment_intent_unexpected_state"),
            (402, "card_error", "card_declined"),
            (404, "invalid_request_error", "resource_missing"),
        ] {
            let refusal = judged(status, &error(kind, code)).unwrap().unwrap_err();
            assert_eq!(refusal.code.as_deref(), Some(code));
        }
        for (status, kind, code) in [
            (400, "idempotency_error", ""),
            (400, "api_error", ""),
            (400, "invalid_request_error", "lock_timeout"),
            (401, "invalid_request_error", ""),
            (403, "invalid_request_error", ""),
            (402, "api_error", ""),
            (409, "invalid_request_error", "idempotency_key_in_use"),
            (424, "invalid_request_error", ""),
            (429, "invalid_request_error", "rate_limit"),
            (429, "card_error", "card_declined"),
            (500, "card_error", "card_declined"),
            (503, "api_error", ""),
            (302, "invalid_request_error", ""),
        ] {
            assert!(judged(status, &error(kind, code)).is_err(), "{status} {kind} {code}");
        }
        for (status, body) in [(404, "<html>"), (400, "{}"), (502, ""), (200, "<html>"), (200, "{\"id\":")] {
            assert!(judged(status, body).is_err(), "{status} {body}");
        }
        assert_eq!(judged(200, "{\"id\": 1}").unwrap().unwrap(), json!({"id": 1}));
    }

    #[test]
    fn unknown_outcome_repeats_no_message() {
        let body =
            json!({"error": {"type": "api_error", "message": "4242424242424242 and sk_live_x"}}).to_string();
        for status in [400, 401, 429, 500] {
            let unknown = judged(status, &body).unwrap_err().to_string();
            assert!(!unknown.contains("4242") && !unknown.contains("sk_live"), "{unknown}");
        }
    }
}
