//! What a route's class does to its requests.

use axum::{
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{Class, Limiter, Limits, document};
use crate::{ClientAddress, Problem};

/// `routes`, all of the class `class`: their document says so, and each request is charged to its client's address, then to its
/// account, by the guard that knows it.
pub fn limited<S>(class: Class, (schemas, mut paths, methods): UtoipaMethodRouter<S>) -> UtoipaMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    document::describe(&mut paths, class);
    let charge = middleware::from_fn(move |request: Request, next: Next| pass(class, request, next));
    (schemas, paths, methods.route_layer(charge))
}

async fn pass(class: Class, mut request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let (Some(limits), Some(client)) = (extensions.get::<Limits>(), extensions.get::<ClientAddress>()) else {
        return Problem::internal("a limited route is served where nothing is counted").into_response();
    };
    let limiter = Limiter::new(limits.clone(), class, *client);
    let mut response = match limiter.charge_address().await {
        Ok(()) => {
            request.extensions_mut().insert(limiter.clone());
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    limiter.tell(response.headers_mut());
    response
}
