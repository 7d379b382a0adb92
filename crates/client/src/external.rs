//! Calls to an API outside the shop: TLS with the CAs that this machine trusts, one attempt, one
//! deadline.

use std::{net::IpAddr, time::Duration};

use bytes::{Bytes, BytesMut};
use estore_base::config::ConfigError;
use estore_telemetry::trace::Span;
use http::{HeaderMap, Method, Response};
use reqwest::{Client, RequestBuilder, Url, redirect::Policy, retry};
use tokio::time::timeout;

use crate::{error_chain::chain, spans};

/// The time limit for name resolution, connection and TLS together. Longer than between our own
/// services, because the path leads through the internet. A lost SYN is sent again after 1 s (RFC
/// 6298, section 2.1).
const CONNECT: Duration = Duration::from_secs(2);
/// The longest answer that is read, in bytes.
const MOST: usize = 8 << 20;

/// A client for one external API. Cheap to clone.
#[derive(Clone)]
pub struct ExternalClient {
    base: Url,
    http: Client,
    limit: Duration,
}

/// The outcome of the call is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unknown(String);

impl ExternalClient {
    /// Creates a client for the API at `base`, the value of `setting`. It must be `https://`, or
    /// `http://` on this machine, because requests contain secrets. `headers` are sent with every
    /// call. The outcome of a call that takes longer than `limit` is unknown.
    pub fn new(
        setting: &'static str,
        base: &str,
        headers: HeaderMap,
        limit: Duration,
    ) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError::new(setting, problem, "https://api.example.com");
        let mut base: Url = base.parse().map_err(|error| wrong(format!("is wrong ({error})")))?;
        #[expect(clippy::disallowed_methods, reason = "one of the three places that make HTTP clients")]
        let builder = Client::builder();
        let builder = match base.scheme() {
            "https" => builder.https_only(true),
            // Needs no CAs, so that tests can run on a machine without any.
            "http" if is_here(&base) => builder.tls_certs_only([]),
            _ => {
                return Err(wrong("must begin with https:// (http:// only for this machine)".to_owned()));
            }
        };
        if !base.username().is_empty() || base.password().is_some() {
            return Err(wrong("must not hold a user or a password".to_owned()));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let http = builder
            .default_headers(headers)
            .connect_timeout(CONNECT)
            .redirect(Policy::none())
            .retry(retry::never())
            .no_proxy()
            .build()
            .map_err(|error| wrong(format!("cannot be used ({})", chain(&error.without_url()))))?;
        Ok(Self { base, http, limit })
    }

    /// Gets `path`, which does not begin with a slash.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Response<Bytes>, Unknown> {
        let url = self.url(path)?;
        let span = Self::span(&Method::GET, &url);
        self.exchange(span, self.http.request(Method::GET, url).query(query)).await
    }

    /// Posts `form` to `path`.
    pub async fn post(
        &self,
        path: &str,
        headers: HeaderMap,
        form: &[(&str, &str)],
    ) -> Result<Response<Bytes>, Unknown> {
        let url = self.url(path)?;
        let span = Self::span(&Method::POST, &url);
        self.exchange(span, self.http.request(Method::POST, url).headers(headers).form(form)).await
    }

    /// Begins the span of a call. The API does not receive the trace.
    fn span(method: &Method, url: &Url) -> Span {
        spans::call(method, url, url.host_str().unwrap_or_default(), 0)
    }

    fn url(&self, path: &str) -> Result<Url, Unknown> {
        self.base.join(path).map_err(|error| Unknown(error.to_string()))
    }

    async fn exchange(&self, span: Span, request: RequestBuilder) -> Result<Response<Bytes>, Unknown> {
        let exchange = async {
            let mut response = request.send().await.map_err(unknown)?;
            let mut body = BytesMut::new();
            while let Some(part) = response.chunk().await.map_err(unknown)? {
                if body.len() + part.len() > MOST {
                    return Err(Unknown("the response is too long".to_owned()));
                }
                body.extend_from_slice(&part);
            }
            let mut answer = Response::new(body.freeze());
            *answer.status_mut() = response.status();
            *answer.headers_mut() = std::mem::take(response.headers_mut());
            Ok(answer)
        };
        let answer = timeout(self.limit, exchange)
            .await
            .unwrap_or_else(|_elapsed| Err(Unknown("no answer in time".to_owned())));
        match &answer {
            Ok(answer) => spans::answered(&span, answer.status()),
            Err(_unknown) => span.fail("unreachable"),
        }
        answer
    }
}

fn unknown(error: reqwest::Error) -> Unknown {
    Unknown(chain(&error.without_url()))
}

fn is_here(base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_to_https_or_to_this_machine() {
        let make =
            |base| ExternalClient::new("API_BASE", base, HeaderMap::new(), Duration::from_secs(1)).err();
        for good in ["http://127.0.0.1:1", "http://localhost:1/v1", "http://[::1]:1/"] {
            assert_eq!(make(good), None, "{good}");
        }
        for bad in [
            "http://api.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "ftp://localhost",
            "https://key@api.example.com",
            "api.example.com",
            "",
        ] {
            let error = make(bad).unwrap().to_string();
            assert!(error.starts_with("API_BASE ") && !error.contains("key@"), "{bad}: {error}");
        }
    }
}
