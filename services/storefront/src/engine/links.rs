//! The links of the engine room to other programs, as the browser sees them.

use estore_base::config::{ConfigError, Env, Setting};
use url::Url;

const GRAFANA_LINK: Setting =
    Setting::address("GRAFANA_LINK", "Address of Grafana in the browser, for the engine room.")
        .optional()
        .example("http://localhost:3000");
const TRACES_LINK: Setting = Setting::text(
    "TRACES_LINK",
    "Address of one trace in the browser, with `{trace}` in place of its id, for the engine room.",
)
.optional()
.example("http://localhost:16686/trace/{trace}");
const MAILBOX_LINK: Setting =
    Setting::address("MAILBOX_LINK", "Address of the mailbox in the browser, for the engine room.")
        .optional()
        .example("http://localhost:8025");
const PROMETHEUS_LINK: Setting =
    Setting::address("PROMETHEUS_LINK", "Address of Prometheus in the browser, for the engine room.")
        .optional()
        .example("http://localhost:8091");

/// The settings of links.
pub(crate) const LINKS: &[Setting] = &[GRAFANA_LINK, TRACES_LINK, MAILBOX_LINK, PROMETHEUS_LINK];

/// The place of the id in the address of a trace.
const TRACE: &str = "{trace}";

/// The addresses of other programs.
#[derive(Debug, Default)]
pub(crate) struct Links {
    pub(crate) grafana: Option<Url>,
    pub(crate) mailbox: Option<Url>,
    pub(crate) prometheus: Option<Url>,
    trace: Option<String>,
}

impl Links {
    pub(super) fn new(env: &Env) -> Result<Self, ConfigError> {
        let trace: Option<String> = env.optional(&TRACES_LINK)?;
        if let Some(text) = &trace {
            let url = text.replace(TRACE, "0").parse::<Url>().ok();
            if !text.contains(TRACE) || !url.is_some_and(|url| is_web(&url)) {
                return Err(TRACES_LINK.wrong("must begin with http:// or https://, and have {trace} in it"));
            }
        }
        Ok(Self {
            grafana: link(env, &GRAFANA_LINK)?,
            mailbox: link(env, &MAILBOX_LINK)?,
            prometheus: link(env, &PROMETHEUS_LINK)?,
            trace,
        })
    }

    /// Returns the address of a trace. An id is hexadecimal, and needs no encoding.
    pub(crate) fn trace(&self, id: &str) -> Option<String> {
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.trace.as_ref().filter(|_| is_id).map(|trace| trace.replace(TRACE, id))
    }
}

fn link(env: &Env, setting: &Setting) -> Result<Option<Url>, ConfigError> {
    let url: Option<Url> = env.optional(setting)?;
    if url.as_ref().is_some_and(|url| !is_web(url)) {
        return Err(setting.wrong("must begin with http:// or https://"));
    }
    Ok(url)
}

/// Returns true for an address that opens a page. Others, such as `javascript:`, would run here.
fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(name: &str, value: &str) -> Result<Links, ConfigError> {
        Links::new(&Env::from_iter([(name, value)]))
    }

    #[test]
    fn trace_link_has_the_id_in_its_place() {
        let links = links("TRACES_LINK", "http://localhost:16686/trace/{trace}?x=1").unwrap();
        assert_eq!(links.trace("0af7").as_deref(), Some("http://localhost:16686/trace/0af7?x=1"));
        assert_eq!((links.trace(""), links.trace("\"><script>")), (None, None));
        assert_eq!(Links::default().trace("0af7"), None);
    }

    #[test]
    fn link_that_opens_no_page_stops_the_start() {
        for (name, wrong) in [
            ("GRAFANA_LINK", "javascript:alert(1)"),
            ("MAILBOX_LINK", "data:text/html,x"),
            ("PROMETHEUS_LINK", "file:///etc/passwd"),
            ("TRACES_LINK", "http://localhost:16686/trace"),
            ("TRACES_LINK", "javascript:{trace}"),
        ] {
            let problem = links(name, wrong).unwrap_err().to_string();
            assert!(problem.starts_with(name) && problem.contains("for example"), "{problem}");
        }
        assert!(links("GRAFANA_LINK", "https://grafana.example/d").unwrap().grafana.is_some());
    }
}
