//! A collector of traces: takes them as a real one does (OTLP over HTTP), and tells what it got.

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;
use tokio::{net::TcpListener, spawn};

/// How it behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    #[default]
    Takes,
    /// It answers nothing.
    Hangs,
    /// It answers 503.
    Refuses,
}

/// One step of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whose: `service.name`.
    pub service: String,
    /// Of which trace.
    pub trace: String,
    /// Its own id.
    pub id: String,
    /// The step it is within; empty where there is none.
    pub parent: String,
    /// What it is called.
    pub name: String,
    /// `server`, `client`, `internal`, `producer` or `consumer`.
    pub kind: &'static str,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Trace and step of what it is due to.
    pub links: Vec<(String, String)>,
    /// Whether it says that it failed.
    pub failed: bool,
    /// From when to when, in ns.
    pub time: (u64, u64),
}

#[derive(Default)]
struct Kept {
    manner: Manner,
    steps: Vec<Step>,
    /// Of each service.
    resources: BTreeMap<String, BTreeMap<String, String>>,
}

/// The collector. Cheap to clone.
#[derive(Clone, Default)]
pub struct Collector(Arc<Mutex<Kept>>);

impl Collector {
    /// Begins to listen on a free port; where it is: the value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub async fn listen(&self) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        #[expect(clippy::disallowed_methods, reason = "it is no service, and has no document")]
        let router = Router::new().route("/v1/traces", post(take)).with_state(self.clone());
        spawn(async move { axum::serve(listener, router).await });
        Ok(url)
    }

    /// Behaves so from now on.
    pub fn behave(&self, manner: Manner) {
        self.with(|kept| kept.manner = manner);
    }

    /// Every step so far that is `wanted`, by the time of its begin.
    #[must_use]
    pub fn steps(&self, wanted: impl Fn(&Step) -> bool) -> Vec<Step> {
        let mut steps = self.with(|kept| kept.steps.clone());
        steps.retain(|step| wanted(step));
        steps.sort_by_key(|step| step.time);
        steps
    }

    /// The steps of one trace.
    #[must_use]
    pub fn trace(&self, id: &str) -> Vec<Step> {
        self.steps(|step| step.trace == id)
    }

    /// What a service says of itself.
    #[must_use]
    pub fn resource(&self, service: &str) -> BTreeMap<String, String> {
        self.with(|kept| kept.resources.get(service).cloned().unwrap_or_default())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, request: ExportTraceServiceRequest) {
        for spans in request.resource_spans {
            let resource = texts(spans.resource.map(|resource| resource.attributes).unwrap_or_default());
            let service = resource.get("service.name").cloned().unwrap_or_default();
            let spans = spans.scope_spans.into_iter().flat_map(|spans| spans.spans);
            let steps: Vec<Step> = spans.map(|span| step(&service, span)).collect();
            self.with(|kept| {
                kept.steps.extend(steps);
                kept.resources.insert(service, resource);
            });
        }
    }
}

async fn take(State(collector): State<Collector>, body: Bytes) -> StatusCode {
    match collector.with(|kept| kept.manner) {
        Manner::Hangs => pending().await,
        Manner::Refuses => StatusCode::SERVICE_UNAVAILABLE,
        Manner::Takes => match ExportTraceServiceRequest::decode(body) {
            Ok(request) => {
                collector.keep(request);
                StatusCode::OK
            }
            Err(_) => StatusCode::BAD_REQUEST,
        },
    }
}

fn step(service: &str, span: Span) -> Step {
    let kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"];
    let kind = usize::try_from(span.kind).ok().and_then(|kind| kinds.get(kind)).copied().unwrap_or("unknown");
    Step {
        service: service.to_owned(),
        trace: hex::encode(span.trace_id),
        id: hex::encode(span.span_id),
        parent: hex::encode(span.parent_span_id),
        name: span.name,
        kind,
        attributes: texts(span.attributes),
        links: span
            .links
            .into_iter()
            .map(|link| (hex::encode(link.trace_id), hex::encode(link.span_id)))
            .collect(),
        failed: span.status.is_some_and(|status| status.code == 2),
        time: (span.start_time_unix_nano, span.end_time_unix_nano),
    }
}

fn texts(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|pair| (pair.key, text(pair.value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}
