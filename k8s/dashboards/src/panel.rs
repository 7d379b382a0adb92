//! A panel: its query, its meaning, its limits. All panels of a kind look alike.

use serde_json::{Value, json};

use crate::Unit;

/// The way in which a panel shows its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The latest number, large.
    Stat,
    /// Lines over time.
    Lines,
    /// Stacked lines: parts of a whole.
    Stack,
    /// Bars side by side.
    Bars,
}

/// The limits at which a value needs attention: first yellow, then red.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bad {
    /// No value is bad.
    Never,
    /// Values from these on: yellow, then red.
    Above(f64, f64),
    /// Values below these: yellow, then red.
    Below(f64, f64),
}

/// A query (`PromQL`), and the names of its lines.
#[derive(Debug, Clone)]
pub struct Query {
    /// The expression.
    pub expr: String,
    /// The name of each line; `{{label}}` is a label's value.
    pub legend: &'static str,
}

#[derive(Debug, Clone)]
pub struct Panel {
    /// The title, unique in its dashboard.
    pub title: &'static str,
    /// The meaning, and the action if the value is bad.
    pub description: &'static str,
    /// The look.
    pub kind: Kind,
    /// The unit of the numbers.
    pub unit: Unit,
    /// The limits.
    pub bad: Bad,
    pub queries: Vec<Query>,
    /// The dashboard with more details.
    pub more: Option<&'static str>,
}

impl Panel {
    /// Returns a panel without a query.
    #[must_use]
    pub const fn new(kind: Kind, title: &'static str, unit: Unit, description: &'static str) -> Self {
        Self { title, description, kind, unit, bad: Bad::Never, queries: Vec::new(), more: None }
    }

    /// Adds a query.
    #[must_use]
    pub fn query(mut self, legend: &'static str, expr: impl Into<String>) -> Self {
        self.queries.push(Query { expr: expr.into(), legend });
        self
    }

    /// Marks values from these on as yellow and red.
    #[must_use]
    pub const fn bad_above(mut self, warning: f64, critical: f64) -> Self {
        self.bad = Bad::Above(warning, critical);
        self
    }

    /// Marks values below these as yellow and red.
    #[must_use]
    pub const fn bad_below(mut self, warning: f64, critical: f64) -> Self {
        self.bad = Bad::Below(warning, critical);
        self
    }

    /// Links to the dashboard with that name.
    #[must_use]
    pub const fn more(mut self, dashboard: &'static str) -> Self {
        self.more = Some(dashboard);
        self
    }

    /// Returns Grafana's JSON, for a position in the grid.
    pub(crate) fn json(&self, grid: &Value) -> Value {
        let links: Vec<Value> = self
            .more
            .iter()
            .map(|name| json!({"title": "More of this", "url": format!("/d/estore-{name}?${{__url_time_range}}")}))
            .collect();
        json!({
            "id": id(self.title),
            "type": match self.kind { Kind::Stat => "stat", Kind::Lines | Kind::Stack => "timeseries", Kind::Bars => "bargauge" },
            "title": self.title,
            "description": self.description,
            "datasource": source(),
            "gridPos": grid,
            "links": links,
            "targets": self.queries.iter().zip('A'..='Z').map(|(query, id)| self.target(query, id)).collect::<Vec<_>>(),
            "fieldConfig": {"defaults": self.field(), "overrides": []},
            "options": self.options(),
        })
    }

    fn target(&self, query: &Query, id: char) -> Value {
        // Bars show one moment; a stat draws a small line below its number.
        let instant = self.kind == Kind::Bars;
        json!({
            "refId": id.to_string(), "datasource": source(), "editorMode": "code", "expr": query.expr,
            "legendFormat": query.legend, "instant": instant, "range": !instant,
        })
    }

    fn field(&self) -> Value {
        let lines = matches!(self.kind, Kind::Lines | Kind::Stack);
        let stacked = self.kind == Kind::Stack;
        let mut field = json!({
            "unit": self.unit.id(),
            "color": {"mode": if lines { "palette-classic" } else { "thresholds" }},
            "mappings": self.unit.mappings(),
            "thresholds": {"mode": "absolute", "steps": self.steps()},
            "min": 0,
        });
        if let (Some(field), Some(decimals)) = (field.as_object_mut(), self.unit.decimals()) {
            field.insert("decimals".to_owned(), decimals.into());
        }
        if let (Some(field), true) = (field.as_object_mut(), lines) {
            field.insert(
                "custom".to_owned(),
                json!({
                    "drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 1, "fillOpacity": if stacked { 40 } else { 8 },
                    "showPoints": "never", "spanNulls": false,
                    "stacking": {"group": "A", "mode": if stacked { "normal" } else { "none" }},
                    "thresholdsStyle": {"mode": if self.bad == Bad::Never { "off" } else { "dashed" }},
                }),
            );
        }
        field
    }

    fn steps(&self) -> Value {
        let step = |color: &str, value: Option<f64>| json!({"color": color, "value": value});
        match self.bad {
            Bad::Never => json!([step("green", None)]),
            Bad::Above(warning, critical) => {
                json!([step("green", None), step("yellow", Some(warning)), step("red", Some(critical))])
            }
            Bad::Below(warning, critical) => {
                json!([step("red", None), step("yellow", Some(critical)), step("green", Some(warning))])
            }
        }
    }

    fn options(&self) -> Value {
        let reduce = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
        match self.kind {
            Kind::Stat => json!({
                "reduceOptions": reduce, "colorMode": "value", "graphMode": "area", "textMode": "auto",
                "justifyMode": "auto", "orientation": "auto",
            }),
            Kind::Bars => json!({
                "reduceOptions": reduce, "displayMode": "basic", "orientation": "horizontal", "showUnfilled": true,
                "valueMode": "color", "minVizHeight": 16, "minVizWidth": 8,
            }),
            Kind::Lines | Kind::Stack => json!({
                "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": true},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }),
        }
    }
}

/// Returns the Prometheus that the dashboard's variable selects.
pub(crate) fn source() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

/// Returns a panel's number: a hash of the title (FNV-1a), so that links to a panel survive new
/// panels before it.
pub(crate) fn id(title: &str) -> u32 {
    let hash =
        title.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash & 0x7fff_ffff
}
