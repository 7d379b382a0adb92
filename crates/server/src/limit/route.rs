//! The class of each route. It is declared at the route's registration, stored in its document, and
//! looked up by the matched route.

use std::collections::HashMap;

use http::Method;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::UtoipaMethodRouter;

use super::{
    Class,
    document::{self, classes_of},
};

/// Declares all of `routes` to be of the class `class`. Each request is charged to its client's
/// address, then to its account, by the guard that identifies it.
pub fn limited<S>(class: Class, (schemas, mut paths, methods): UtoipaMethodRouter<S>) -> UtoipaMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    document::describe(&mut paths, class);
    (schemas, paths, methods)
}

/// The classes of a service's routes, by path template and method. One look-up costs a request less
/// than a layer around its route.
#[derive(Debug, Default)]
pub(crate) struct Classes(HashMap<String, Vec<(Method, Class)>>);

impl Classes {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(path, item)| (path.clone(), classes_of(item))).collect())
    }

    /// Returns the class of a route. HEAD counts as GET.
    pub(crate) fn find(&self, route: &str, method: &Method) -> Option<Class> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(route)?.iter().find(|(of, _)| of == method).map(|(_, class)| *class)
    }
}
