//! The errors that every operation of a kind may return. A route declares only its own errors, and
//! its own description of one of these.

use estore_contract::ErrorBody;
use utoipa::{
    ToSchema,
    openapi::{
        Content, OpenApi, Ref, RefOr, Response, ResponseBuilder, path::Operation,
        security::SecurityRequirement,
    },
};

use super::operations;

/// Adds the errors of guards, bodies and stores to each operation that clients reach.
pub(super) fn describe_public(document: &mut OpenApi) {
    let bearer = SecurityRequirement::new("bearer", [""; 0]);
    for operation in operations(document) {
        if operation.security.as_ref().is_some_and(|required| required.contains(&bearer)) {
            add(operation, "401", "No valid access token");
        }
        if operation.request_body.is_some() {
            add(operation, "408", "The body did not arrive in time");
            add(operation, "413", "Too large");
            add(operation, "415", "Not one of the content types of the request body");
        }
        add_unavailable(operation);
    }
}

/// Adds the errors of guards and stores to each operation that only other services reach.
pub(super) fn describe_internal(document: &mut OpenApi) {
    for operation in operations(document) {
        add(operation, "403", "This peer may not call this route");
        add_unavailable(operation);
    }
}

fn add_unavailable(operation: &mut Operation) {
    let text = "Nothing was done, or `outcome_unknown`: try again, with the same `Idempotency-Key` if any";
    add(operation, "503", text);
}

/// Returns the route's own description of this answer, or adds this one.
pub(crate) fn add<'a>(
    operation: &'a mut Operation,
    status: &str,
    description: &str,
) -> &'a mut RefOr<Response> {
    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
        let body = Content::new(Some(Ref::from_schema_name(ErrorBody::name())));
        let response = ResponseBuilder::new().description(description);
        RefOr::T(response.content("application/json", body).build())
    })
}

#[cfg(test)]
mod tests {
    use axum::extract::Json;
    use serde_json::Value;
    use utoipa_axum::{router::OpenApiRouter, routes};

    use super::*;
    use crate::limit::{Class, limited};

    #[utoipa::path(post, path = "/", security(("bearer" = [])), request_body = Value, responses(
        (status = 200, description = "Done"),
        (status = 503, description = "Too many at once", body = ErrorBody),
    ))]
    async fn change(_body: Json<Value>) {}

    #[utoipa::path(get, path = "/", responses((status = 200, description = "Done")))]
    async fn read() {}

    fn document(routes: OpenApiRouter) -> Value {
        let mut document = routes.into_openapi();
        describe_public(&mut document);
        serde_json::to_value(&document).unwrap()["paths"]["/"].clone()
    }

    fn statuses(operation: &Value) -> Vec<&str> {
        operation["responses"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn operation_gets_the_errors_of_its_kind() {
        let admin = document(OpenApiRouter::new().routes(limited(Class::Admin, routes!(change))));
        assert_eq!(statuses(&admin["post"]), ["200", "401", "403", "408", "413", "415", "429", "503"]);
        let reader = document(OpenApiRouter::new().routes(limited(Class::Reads, routes!(read))));
        assert_eq!(statuses(&reader["get"]), ["200", "429", "503"]);
    }

    #[test]
    fn description_of_the_route_stays() {
        let admin = document(OpenApiRouter::new().routes(limited(Class::Admin, routes!(change))));
        assert_eq!(admin["post"]["responses"]["503"]["description"], "Too many at once");
    }
}
