//! A dashboard: rows of panels, from the general to the specific.

use serde_json::{Value, json};

use crate::{
    Kind, Panel,
    panel::{id, source},
};

/// The width of Grafana's grid.
const WIDTH: usize = 24;

/// Panels on one subject, in columns of equal width.
#[derive(Debug, Clone)]
pub struct Row {
    /// The subject.
    pub title: &'static str,
    /// The number of panels side by side.
    pub columns: usize,
    /// The panels. Those that do not fit continue below.
    pub panels: Vec<Panel>,
}

impl Row {
    /// Returns a row.
    #[must_use]
    pub const fn new(title: &'static str, columns: usize, panels: Vec<Panel>) -> Self {
        Self { title, columns, panels }
    }

    /// Returns the height: numbers are low, lines are high.
    fn height(&self) -> usize {
        if self.panels.iter().all(|panel| panel.kind == Kind::Stat) { 4 } else { 8 }
    }
}

/// Marks the faults of a demonstration in every panel. In other shops there are none.
fn annotations() -> Value {
    let mark = |name: &str, color: &str, expr: &str, title: &str| {
        json!({
            "name": name, "datasource": source(), "enable": true, "hide": false, "iconColor": color,
            "expr": expr, "titleFormat": title, "textFormat": "", "tagKeys": "kind,target", "step": "5s",
            "useValueForTime": false,
        })
    };
    json!([
        mark(
            "Faults in progress",
            "orange",
            "max by (kind, target) (estore_chaos_fault_active) > 0",
            "{{kind}} {{target}}"
        ),
        mark(
            "Faults",
            "red",
            "sum by (kind, target, outcome) (changes(estore_chaos_faults_total[$__interval])) > 0",
            "{{kind}} {{target}}: {{outcome}}"
        ),
    ])
}

#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The name of its file; its address is `/d/estore-<name>`.
    pub name: &'static str,
    pub title: &'static str,
    /// The readers and the purpose.
    pub description: &'static str,
    /// The start of the default time range, such as `now-6h`.
    pub from: &'static str,
    /// True if it shows one service, chosen by a variable.
    pub one_service: bool,
    pub rows: Vec<Row>,
}

impl Dashboard {
    /// Returns Grafana's JSON (version 10 and later).
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "id": null,
            "uid": format!("estore-{}", self.name),
            "title": self.title,
            "description": self.description,
            "tags": ["estore"],
            "schemaVersion": 39,
            "version": 1,
            "editable": true,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": self.from, "to": "now"},
            "timezone": "browser",
            "annotations": {"list": annotations()},
            "links": [{
                "type": "dashboards", "title": "E-Store", "tags": ["estore"], "asDropdown": false, "includeVars": false,
                "keepTime": true, "targetBlank": false, "icon": "external link", "tooltip": "", "url": "",
            }],
            "templating": {"list": self.variables()},
            "panels": self.panels(),
        })
    }

    fn variables(&self) -> Vec<Value> {
        let mut variables = vec![json!({
            "name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "regex": "",
            "refresh": 1, "hide": 0, "multi": false, "includeAll": false, "current": {}, "options": [],
        })];
        if self.one_service {
            let query = "label_values(estore_build_info, service)";
            variables.push(json!({
                "name": "service", "label": "Service", "type": "query", "datasource": source(), "definition": query,
                "query": {"query": query, "refId": "service", "qryType": 1}, "regex": "", "refresh": 2, "sort": 1, "hide": 0,
                "multi": false, "includeAll": false, "current": {"selected": true, "text": "payment", "value": "payment"}, "options": [],
            }));
        }
        variables
    }

    /// Returns the panels: rows from top to bottom, each from left to right.
    fn panels(&self) -> Vec<Value> {
        let (mut panels, mut y) = (Vec::new(), 0);
        for row in &self.rows {
            panels.push(json!({
                "id": id(row.title), "type": "row", "title": row.title, "collapsed": false, "panels": [],
                "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1},
            }));
            y += 1;
            let (width, height) = (WIDTH / row.columns, row.height());
            for line in row.panels.chunks(row.columns) {
                for (place, panel) in line.iter().enumerate() {
                    panels.push(panel.json(&json!({"x": place * width, "y": y, "w": width, "h": height})));
                }
                y += height;
            }
        }
        panels
    }
}
