//! The OpenAPI description of rate-limited routes.

use http::Method;
use utoipa::openapi::{
    Header, ObjectBuilder, Paths, RefOr, Type,
    extensions::Extensions,
    path::{Operation, PathItem},
};

use super::Class;
use crate::openapi::{add_refusal, operations_of};

const EXTENSION: &str = "x-rate-limit-class";

/// Adds the class (`x-rate-limit-class`), and the errors that it can cause.
pub(super) fn describe(paths: &mut Paths, class: Class) {
    for operation in paths.paths.values_mut().flat_map(operations_of) {
        let named = Extensions::from_iter([(EXTENSION, class.as_str())]);
        operation.extensions.get_or_insert_default().merge(named);
        refuse(operation);
        if class == Class::Admin {
            add_refusal(operation, "403", "Not an admin");
        }
    }
}

/// Returns the class of an operation.
fn class_of(operation: &Operation) -> Option<Class> {
    let name = operation.extensions.as_ref()?.get(EXTENSION)?.as_str()?;
    Class::ALL.into_iter().find(|class| class.as_str() == name)
}

/// Returns the class of each method of a path.
pub(super) fn classes_of(item: &PathItem) -> Vec<(Method, Class)> {
    let operations = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let known = operations
        .into_iter()
        .filter_map(|(method, operation)| Some((method, class_of(operation.as_ref()?)?)));
    known.collect()
}

fn refuse(operation: &mut Operation) {
    let refusal = add_refusal(operation, "429", "Too many requests of this kind (`rate_limited`)");
    if let RefOr::T(refusal) = refusal {
        for (name, kind, text) in [
            ("Retry-After", Type::Integer, "The seconds to wait before the next try"),
            ("RateLimit", Type::String, "The rest of each quota"),
            ("RateLimit-Policy", Type::String, "Each quota: the count and its window in seconds"),
        ] {
            let mut header = Header::new(ObjectBuilder::new().schema_type(kind).build());
            header.description = Some(text.to_owned());
            refusal.headers.insert(name.to_owned(), RefOr::T(header));
        }
    }
}
