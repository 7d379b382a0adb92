//! The documents: what the routers say of themselves, completed by what is the same everywhere.

mod pages;
mod parameters;

use estore_contract::PeerName;
use utoipa::openapi::{
    Components, InfoBuilder, LicenseBuilder, OpenApi,
    security::{Http, HttpAuthScheme, SecurityScheme},
};

pub(crate) use pages::page_operations;

use crate::http;

/// What a service's routers say: one document for each listener.
pub struct Documents {
    /// Of the public routes.
    pub public: OpenApi,
    /// Of the internal routes.
    pub internal: OpenApi,
}

impl Documents {
    /// Completes both for the service `name`.
    pub(crate) fn complete(self, name: PeerName) -> Self {
        let mut public = self.public;
        public.merge(http::common_document());
        Self {
            public: complete(public, name, ""),
            internal: complete(self.internal, name, ", internal routes"),
        }
    }

    pub(crate) fn public_json(&self) -> String {
        pretty(&self.public)
    }

    pub(crate) fn internal_json(&self) -> String {
        pretty(&self.internal)
    }
}

fn pretty(document: &OpenApi) -> String {
    // A document is plain data with string keys, which always serializes.
    serde_json::to_string_pretty(document).unwrap_or_default()
}

fn complete(mut document: OpenApi, name: PeerName, suffix: &str) -> OpenApi {
    let title = match name {
        PeerName::User => "E-Store User Service",
        PeerName::Verification => "E-Store Verification Service",
        PeerName::Inventory => "E-Store Inventory Service",
        PeerName::Payment => "E-Store Payment Service",
        PeerName::Bootstrap => "E-Store bootstrap",
    };
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    document.info = InfoBuilder::new()
        .title(format!("{title}{suffix}"))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Part of a store that loses no order, oversells nothing and charges nobody twice."))
        .license(Some(license))
        .build();
    parameters::describe(&mut document);
    pages::describe(&mut document);
    let components = document.components.get_or_insert_with(Components::new);
    if suffix.is_empty() {
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
