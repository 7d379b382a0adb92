//! A trace collector that receives traces as a real one does (OTLP over HTTP), and lets tests read
//! them.

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

/// The collector's behavior.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// Accepts traces normally.
    #[default]
    Takes,
    /// Never answers.
    Hangs,
    /// Answers 503.
    Refuses,
}

/// One span of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The `service.name` of its service.
    pub service: String,
    /// The id of its trace.
    pub trace: String,
    /// Its own id.
    pub id: String,
    /// The id of the span around it, empty if there is none.
    pub parent: String,
    pub name: String,
    /// `server`, `client`, `internal`, `producer` or `consumer`.
    pub kind: &'static str,
    pub attributes: BTreeMap<String, String>,
    /// Trace and span ids of its causes.
    pub links: Vec<(String, String)>,
    /// True if its status is an error.
    pub failed: bool,
    /// Its start and end, in ns.
    pub time: (u64, u64),
}

#[derive(Default)]
struct Kept {
    manner: Manner,
    steps: Vec<Step>,
    /// The resource attributes of each service.
    resources: BTreeMap<String, BTreeMap<String, String>>,
}

/// The collector. Cheap to clone.
#[derive(Clone, Default)]
pub struct Collector(Arc<Mutex<Kept>>);

impl Collector {
    /// Starts to listen on a free port. Returns the value for `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub async fn listen(&self) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        #[expect(clippy::disallowed_methods, reason = "it is no service, and has no document")]
        let router = Router::new().route("/v1/traces", post(take)).with_state(self.clone());
        spawn(async move { axum::serve(listener, router).await });
        Ok(url)
    }

    /// Changes the behavior from now on.
    pub fn behave(&self, manner: Manner) {
        self.with(|kept| kept.manner = manner);
    }

    /// Returns every span so far that is `wanted`, by start time.
    #[must_use]
    pub fn steps(&self, wanted: impl Fn(&Step) -> bool) -> Vec<Step> {
        let mut steps = self.with(|kept| kept.steps.clone());
        steps.retain(|step| wanted(step));
        steps.sort_by_key(|step| step.time);
        steps
    }

    /// Returns the spans of one trace.
    #[must_use]
    pub fn trace(&self, id: &str) -> Vec<Step> {
        self.steps(|step| step.trace == id)
    }

    /// Returns the resource attributes of a service.
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
