//! What the document of a limited route says.

use estore_contract::ErrorBody;
use http::Method;
use utoipa::{
    ToSchema,
    openapi::{
        Content, Header, ObjectBuilder, Paths, Ref, RefOr, Response, ResponseBuilder, Type,
        extensions::Extensions,
        path::{Operation, PathItem},
    },
};

use super::Class;

const EXTENSION: &str = "x-rate-limit-class";

/// Names the class (`x-rate-limit-class`), and the refusals that it can bring.
pub(super) fn describe(paths: &mut Paths, class: Class) {
    let items = paths.paths.values_mut();
    let operations = items.flat_map(|item| {
        [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete]
            .into_iter()
            .flatten()
    });
    for operation in operations {
        let named = Extensions::from_iter([(EXTENSION, class.as_str())]);
        operation.extensions.get_or_insert_default().merge(named);
        refuse(operation);
    }
}

/// The class of each of a path's methods.
pub(super) fn class_of(item: &PathItem) -> Vec<(Method, Class)> {
    let operations = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let class = |operation: &Operation| {
        let name = operation.extensions.as_ref()?.get(EXTENSION)?.as_str()?;
        Class::ALL.into_iter().find(|class| class.as_str() == name)
    };
    let known =
        operations.into_iter().filter_map(|(method, operation)| Some((method, class(operation.as_ref()?)?)));
    known.collect()
}

fn refuse(operation: &mut Operation) {
    answer(operation, "503", "Nobody can tell how many requests there were; nothing was done, try again");
    let refusal = answer(operation, "429", "Too many requests of this kind (`rate_limited`)");
    if let RefOr::T(refusal) = refusal {
        for (name, kind, text) in [
            ("Retry-After", Type::Integer, "In how many seconds to try again"),
            ("RateLimit", Type::String, "What is left of each quota"),
            ("RateLimit-Policy", Type::String, "Each quota: how many in how many seconds"),
        ] {
            let mut header = Header::new(ObjectBuilder::new().schema_type(kind).build());
            header.description = Some(text.to_owned());
            refusal.headers.insert(name.to_owned(), RefOr::T(header));
        }
    }
}

/// What the route says of this answer itself, else this.
fn answer<'a>(operation: &'a mut Operation, status: &str, said: &str) -> &'a mut RefOr<Response> {
    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
        let body = Content::new(Some(Ref::from_schema_name(ErrorBody::name())));
        RefOr::T(ResponseBuilder::new().description(said).content("application/json", body).build())
    })
}
