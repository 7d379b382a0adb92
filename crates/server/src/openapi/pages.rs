//! Operations that people reach by links and forms: their documents declare that an error may be a
//! page.

use std::collections::HashMap;

use http::Method;
use utoipa::openapi::{
    Content, ObjectBuilder, OpenApi, Ref, RefOr, Response, Type,
    path::{Operation, PathItem},
};

const PAGE: &str = "text/html";
const JSON: &str = "application/json";

/// Returns the methods of each path whose errors may be pages.
pub(crate) fn page_operations(document: &OpenApi) -> HashMap<String, Vec<Method>> {
    let methods = |item: &PathItem| -> Vec<Method> {
        let all = [(Method::GET, &item.get), (Method::POST, &item.post)];
        let with_pages = all.into_iter().filter(|(_, of)| of.as_ref().is_some_and(refuses_by_page));
        with_pages.map(|(method, _)| method).collect()
    };
    let paths = document.paths.paths.iter().map(|(path, item)| (path.clone(), methods(item)));
    paths.filter(|(_, methods)| !methods.is_empty()).collect()
}

/// Declares that each error of such an operation is a page for people and JSON for programs,
/// whichever layer rejects the request.
pub(super) fn describe(document: &mut OpenApi) {
    let operations = document.paths.paths.values_mut().flat_map(|item| [&mut item.get, &mut item.post]);
    for operation in operations.flatten().filter(|operation| refuses_by_page(operation)) {
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            if is_refusal(status) {
                let page = ObjectBuilder::new().schema_type(Type::String).build();
                response.content.entry(PAGE.to_owned()).or_insert_with(|| RefOr::T(Content::new(Some(page))));
                let body = || RefOr::T(Content::new(Some(Ref::from_schema_name("ErrorBody"))));
                response.content.entry(JSON.to_owned()).or_insert_with(body);
            }
        }
    }
}

fn refuses_by_page(operation: &Operation) -> bool {
    operation.responses.responses.iter().any(|(status, response)| {
        is_refusal(status)
            && matches!(response, RefOr::T(Response { content, .. }) if content.contains_key(PAGE))
    })
}

fn is_refusal(status: &str) -> bool {
    status.starts_with(['4', '5'])
}
