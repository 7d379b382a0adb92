//! Which traces are recorded (`OTEL_TRACES_SAMPLER`): decided where a request or a job begins, and the same for all within.

use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanKind, TraceContextExt, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

use crate::{
    config::{ConfigError, Env},
    random,
};

/// Marks the context of a stranger's trace: its id is taken, and its word on recording is not.
pub(super) struct Stranger;

/// Marks the begin of what another trace caused.
pub(super) struct Caused {
    /// Whether that was recorded.
    pub(super) sampled: bool,
}

/// The rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sampling {
    /// The share of traces that begin here, from 0 to 1.
    ratio: f64,
    /// Whether a trace that began elsewhere is recorded here as it is there.
    as_parent: bool,
}

const NAME: &str = "OTEL_TRACES_SAMPLER";
const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
const EXAMPLE: &str = "parentbased_traceidratio";

impl Sampling {
    /// `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, as OpenTelemetry's specification has them.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let name = env.or(NAME, "parentbased_always_on".to_owned(), EXAMPLE)?;
        let (as_parent, rule) = match name.strip_prefix("parentbased_") {
            Some(rule) => (true, rule),
            None => (false, name.as_str()),
        };
        let ratio = match rule {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => {
                let ratio: f64 = env.or(ARGUMENT, 1.0, "0.01")?;
                if !(0.0..=1.0).contains(&ratio) {
                    return Err(ConfigError::new(ARGUMENT, "is not a number from 0 to 1", "0.01"));
                }
                ratio
            }
            _ => {
                let known =
                    "must be always_on, always_off, traceidratio, or one of them with parentbased_ before it";
                return Err(ConfigError::new(NAME, known, EXAMPLE));
            }
        };
        Ok(Self { ratio, as_parent })
    }

    /// Every service decides the same of one id.
    fn by_id(&self, id: TraceId) -> bool {
        let sampler = Sampler::TraceIdRatioBased(self.ratio);
        sampler.should_sample(None, id, "", &SpanKind::Internal, &[], &[]).decision
            == SamplingDecision::RecordAndSample
    }

    /// A stranger can choose an id that would always be recorded.
    fn by_chance(&self) -> bool {
        self.ratio >= 1.0 || (self.ratio > 0.0 && random::fraction() < self.ratio)
    }

    fn decide(&self, parent: Option<&Context>, id: TraceId) -> (bool, TraceState) {
        let nothing = Context::new();
        let parent = parent.unwrap_or(&nothing);
        let span = parent.span();
        let context = span.span_context();
        let sampled = if !context.is_valid() {
            match parent.get::<Caused>() {
                Some(Caused { sampled }) if self.as_parent => *sampled,
                _ => self.by_id(id),
            }
        } else if !context.is_remote() {
            context.is_sampled()
        } else if parent.get::<Stranger>().is_some() {
            self.by_chance()
        } else if self.as_parent {
            context.is_sampled()
        } else {
            self.by_id(id)
        };
        (sampled, context.trace_state().clone())
    }
}

impl ShouldSample for Sampling {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        id: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let (sampled, trace_state) = self.decide(parent, id);
        let decision = if sampled { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        SamplingResult { decision, attributes: Vec::new(), trace_state }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags};

    use super::*;

    /// Of these, a ratio of a half takes the low one alone.
    const LOW: TraceId = TraceId::from_bytes([1; 16]);
    const HIGH: TraceId = TraceId::from_bytes([0xfe; 16]);

    fn sampling(name: &str, argument: &str) -> Result<Sampling, ConfigError> {
        Sampling::from_env(&Env::from_iter([(NAME, name), (ARGUMENT, argument)]))
    }

    fn parent(id: TraceId, sampled: bool, remote: bool) -> Context {
        let flags = TraceFlags::default().with_sampled(sampled);
        let span = SpanContext::new(id, SpanId::from_bytes([1; 8]), flags, remote, TraceState::default());
        Context::new().with_remote_span_context(span)
    }

    #[test]
    fn only_the_known_rules_start() {
        for (name, argument) in
            [("", ""), ("parentbased_traceidratio", ""), ("parentbased_always_on", "nonsense")]
        {
            assert_eq!(sampling(name, argument), Ok(Sampling { ratio: 1.0, as_parent: true }), "{name}");
        }
        assert_eq!(sampling("always_off", ""), Ok(Sampling { ratio: 0.0, as_parent: false }));
        assert_eq!(sampling("traceidratio", "0.01"), Ok(Sampling { ratio: 0.01, as_parent: false }));
        for (name, argument) in [
            ("jaeger_remote", ""),
            ("parentbased_", ""),
            ("parentbased_parentbased_always_on", ""),
            ("Always_On", ""),
            ("traceidratio", "-0.1"),
            ("traceidratio", "1.01"),
            ("parentbased_traceidratio", "NaN"),
            ("traceidratio", "1%"),
        ] {
            let told = sampling(name, argument).unwrap_err().to_string();
            assert!(told.starts_with(NAME), "{told}");
        }
    }

    #[test]
    fn a_peer_is_followed_and_a_stranger_is_not() {
        let (on, off) =
            (sampling("parentbased_always_on", "").unwrap(), sampling("parentbased_always_off", "").unwrap());
        for remote in [true, false] {
            assert!(off.decide(Some(&parent(LOW, true, remote)), LOW).0);
            assert!(!on.decide(Some(&parent(LOW, false, remote)), LOW).0);
        }
        assert!(!off.decide(Some(&parent(LOW, true, true).with_value(Stranger)), LOW).0);
        assert!(on.decide(Some(&parent(LOW, false, true).with_value(Stranger)), LOW).0);
    }

    #[test]
    fn a_stranger_gains_nothing_by_a_chosen_id() {
        let half = sampling("parentbased_traceidratio", "0.5").unwrap();
        assert!(half.decide(None, LOW).0 && !half.decide(None, HIGH).0);
        for id in [LOW, HIGH] {
            let stranger = parent(id, true, true).with_value(Stranger);
            let recorded = (0..2_000).filter(|_| half.decide(Some(&stranger), id).0).count();
            assert!((800..1_200).contains(&recorded), "{recorded} of 2000");
        }
    }

    #[test]
    fn what_was_caused_is_recorded_where_its_cause_was() {
        let caused = |sampled| Context::new().with_value(Caused { sampled });
        let off = sampling("parentbased_always_off", "").unwrap();
        assert!(off.decide(Some(&caused(true)), HIGH).0 && !off.decide(Some(&caused(false)), HIGH).0);
        let by_id = sampling("traceidratio", "0.5").unwrap();
        assert!(by_id.decide(Some(&caused(false)), LOW).0 && !by_id.decide(Some(&caused(true)), HIGH).0);
    }
}
