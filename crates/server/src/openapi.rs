//! The OpenAPI documents: generated from the routers, and completed with their common parts.

mod pages;
mod parameters;
mod refusals;

use estore_contract::PeerName;
use utoipa::openapi::{
    Components, Info, InfoBuilder, LicenseBuilder, OpenApi, Server,
    path::{Operation, PathItem},
    security::{Http, HttpAuthScheme, SecurityScheme},
};

pub(crate) use pages::page_operations;
pub(crate) use refusals::add as add_refusal;

/// The OpenAPI documents of a service: one for each listener.
pub struct Documents {
    /// The document of the public routes.
    pub public: OpenApi,
    /// The document of the internal routes.
    pub internal: OpenApi,
}

impl Documents {
    /// Completes both documents for the service `name`. `common` describes the public routes that
    /// every service has.
    pub(crate) fn complete(self, name: PeerName, common: OpenApi) -> Self {
        let Self { mut public, mut internal } = self;
        refusals::describe_public(&mut public);
        refusals::describe_internal(&mut internal);
        public.merge(common);
        Self { public: complete(public, name, ""), internal: complete(internal, name, ", internal routes") }
    }

    pub(crate) fn public_json(&self) -> String {
        pretty(&self.public)
    }

    pub(crate) fn internal_json(&self) -> String {
        pretty(&self.internal)
    }
}

/// Returns a document as JSON.
pub(crate) fn pretty(document: &OpenApi) -> String {
    // A document is plain data with string keys, which always serializes.
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// Completes the document of a program with a JSON API and the title `title`.
pub(crate) fn complete_api(mut document: OpenApi, title: &str, common: OpenApi) -> OpenApi {
    refusals::describe_public(&mut document);
    for operation in operations(&mut document) {
        add_refusal(operation, "403", "A browser sent this for a page of another site");
    }
    document.merge(common);
    document.info = info(title.to_owned());
    parameters::describe(&mut document);
    document.servers = Some(vec![Server::new(".")]);
    document
}

fn info(title: String) -> Info {
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    InfoBuilder::new()
        .title(title)
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Part of a store that loses no order, oversells nothing and charges nobody twice."))
        .license(Some(license))
        .build()
}

fn complete(mut document: OpenApi, name: PeerName, suffix: &str) -> OpenApi {
    let title = match name {
        PeerName::User => "E-Store User Service",
        PeerName::Verification => "E-Store Verification Service",
        PeerName::Inventory => "E-Store Inventory Service",
        PeerName::Payment => "E-Store Payment Service",
        PeerName::Bootstrap => "E-Store bootstrap",
        PeerName::Chaos => "E-Store faults on demand",
    };
    document.info = info(format!("{title}{suffix}"));
    parameters::describe(&mut document);
    pages::describe(&mut document);
    let components = document.components.get_or_insert_with(Components::new);
    if suffix.is_empty() {
        // Relative to the document's own address: the same below `/api/<service>/`.
        document.servers = Some(vec![Server::new(".")]);
        let bearer = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("An access token of the User Service"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    } else {
        components.add_security_scheme(
            "peer",
            SecurityScheme::MutualTls {
                description: Some("A client certificate that names the service".to_owned()),
                deprecated: None,
                extensions: None,
            },
        );
    }
    document
}

fn operations(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    document.paths.paths.values_mut().flat_map(operations_of)
}

/// Returns the operations of a path.
pub(crate) fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}
