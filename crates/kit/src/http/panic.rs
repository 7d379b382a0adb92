//! A panic in a handler is a 500 for its request and nothing else.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::Problem;

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over by value")]
pub(super) fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    Problem::internal(format!("a handler panicked: {}", text.unwrap_or_default())).into_response()
}
