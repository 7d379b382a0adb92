//! A program with a JSON API for other programs of the shop: it has no internal listener, no
//! certificate, no store and no rate limits. Only the network keeps strangers out.

use std::{net::IpAddr, process::ExitCode};

use estore_base::config::{self, Env, Settings};
use estore_telemetry::{
    Platform,
    metrics::{self, Section},
};
use utoipa::openapi::OpenApi;

use super::{BuildFront, Front, StartError, bind_at, code_of, live, management_at, print, start};
use crate::{
    http::{self, Bounds, Listener},
    openapi::{complete_api, pretty},
    settings::{LISTEN_ADDRESS, MANAGEMENT_PORT, SERVICE_PORT},
};

/// A program with a JSON API.
#[derive(Clone, Copy)]
pub struct Api {
    /// The short name, as in logs.
    pub name: &'static str,
    /// The title of its `OpenAPI` document.
    pub title: &'static str,
    /// Returns the document of its routes.
    pub document: fn() -> OpenApi,
    /// Its metrics, beside those that every such program has.
    pub sections: &'static [Section],
    /// Its settings: [`API`](crate::API), [`TELEMETRY`](crate::TELEMETRY) and its own.
    pub settings: Settings,
    /// Builds the program.
    pub build: BuildFront,
}

impl Api {
    /// Runs the program. Without arguments, it serves until SIGTERM or SIGINT. `openapi` prints its
    /// document, `metrics` its metrics, and `settings` its settings.
    #[must_use]
    pub fn main(&self, arguments: &[&str]) -> ExitCode {
        let outcome = match arguments {
            [] => start(self.name, &[self.settings], async |env, platform| {
                self.serve(env, platform, (self.build)(env, platform)?).await
            }),
            ["openapi"] => print(&pretty(&self.complete())),
            ["metrics"] => print(metrics::markdown(&self.all_sections()).trim_end()),
            ["settings"] => print(config::markdown(&[self.settings]).trim_end()),
            _ => {
                let usage = "usage: no argument to serve, `openapi`, `metrics`, or `settings`";
                Err(StartError::Other(usage.into()))
            }
        };
        code_of(self.name, outcome)
    }

    /// Serves the parts of the program until SIGTERM or SIGINT. [`Self::main`] does this after it
    /// has started the log; a program that has its own calls it directly.
    pub async fn serve(&self, env: &Env, platform: &Platform, front: Front) -> Result<ExitCode, StartError> {
        let Front { routes, readiness, jobs } = front;
        let address: IpAddr = env.get(&LISTEN_ADDRESS)?;
        let port: u16 = env.get(&SERVICE_PORT)?;
        let management_port = env.optional(&MANAGEMENT_PORT)?.unwrap_or_else(|| port.saturating_add(100));
        let bounds = Bounds::public(env)?;
        let listeners = [
            Listener {
                name: "public",
                socket: bind_at(address, port, &SERVICE_PORT)?,
                routes: http::api(platform, routes, &self.complete(), &readiness, bounds.requests),
                tls: None,
                slots: bounds.connections,
                metrics: platform.http.clone(),
            },
            management_at(address, platform, &readiness, management_port)?,
        ];
        platform.metrics.is_as_said(&self.all_sections()).map_err(|wrong| StartError::Other(wrong.into()))?;
        let code = live(env, platform, listeners, &readiness, jobs);
        tracing::info!(public_port = port, management_port, "started");
        code.await
    }

    fn complete(&self) -> OpenApi {
        complete_api((self.document)(), self.title, http::common_document())
    }

    fn all_sections(&self) -> Vec<Section> {
        [&metrics::FRONT, self.sections].concat()
    }
}
