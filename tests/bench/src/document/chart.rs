//! Line charts as SVG.

use std::fmt::Write;

use super::scale::{Scale, mark};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 52.0;
/// Colours that readers without red or green vision can distinguish (Okabe and Ito).
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555", "#000000"];

/// A chart; both axes have names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) across: String,
    pub(crate) up: String,
    pub(crate) is_logarithmic_across: bool,
    pub(crate) is_logarithmic_up: bool,
    pub(crate) lines: Vec<Line>,
}

/// One line of a chart, from left to right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) is_dashed: bool,
    /// Lines with the same number have the same colour.
    pub(crate) colour: usize,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Chart {
    pub(crate) fn svg(&self) -> String {
        let all = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
            self.lines.iter().flat_map(|line| line.points.iter().map(of)).collect()
        };
        let (width, height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
        let across = Scale::over(&all(|point| point.0), self.is_logarithmic_across, LEFT, width);
        let up = Scale::over(&all(|point| point.1), self.is_logarithmic_up, HEIGHT - BOTTOM, -height);
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<title>{0}</title>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<text x="{LEFT}" y="22" font-size="14" font-weight="600">{0}</text>
"##,
            escape(&self.title)
        );
        self.axes(&mut svg, &across, &up);
        for (at, line) in self.lines.iter().enumerate() {
            draw(&mut svg, line, at, &across, &up);
        }
        svg + "</svg>\n"
    }

    fn axes(&self, svg: &mut String, across: &Scale, up: &Scale) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for value in up.marks() {
            let y = up.place(value);
            let label = mark(value);
            add(svg, &format!(r##"<path d="M{LEFT} {y:.1}H{right}" stroke="#ddd"/>"##));
            let x = LEFT - 8.0;
            add(svg, &format!(r#"<text x="{x}" y="{:.1}" text-anchor="end">{label}</text>"#, y + 4.0));
        }
        for value in across.marks() {
            let x = across.place(value);
            let label = mark(value);
            add(svg, &format!(r##"<path d="M{x:.1} {TOP}V{bottom}" stroke="#eee"/>"##));
            let y = bottom + 18.0;
            add(svg, &format!(r#"<text x="{x:.1}" y="{y}" text-anchor="middle">{label}</text>"#));
        }
        let (middle, y) = (f64::midpoint(LEFT, right), HEIGHT - 12.0);
        let name = escape(&self.across);
        add(svg, &format!(r#"<text x="{middle}" y="{y}" text-anchor="middle">{name}</text>"#));
        let (middle, name) = (f64::midpoint(TOP, bottom), escape(&self.up));
        let place = format!(r#"transform="translate(16 {middle}) rotate(-90)""#);
        add(svg, &format!(r#"<text {place} text-anchor="middle">{name}</text>"#));
    }
}

fn draw(svg: &mut String, line: &Line, at: usize, across: &Scale, up: &Scale) {
    let colour = COLOURS.iter().cycle().nth(line.colour).copied().unwrap_or_default();
    let places: Vec<String> =
        line.points.iter().map(|(x, y)| format!("{:.1} {:.1}", across.place(*x), up.place(*y))).collect();
    let dashes = if line.is_dashed { r#" stroke-dasharray="5 4""# } else { "" };
    let stroke = format!(r#"fill="none" stroke="{colour}" stroke-width="2"{dashes}"#);
    if !places.is_empty() {
        add(svg, &format!(r#"<path d="M{}" {stroke}/>"#, places.join("L")));
    }
    for place in places {
        let (x, y) = place.split_once(' ').unwrap_or_default();
        add(svg, &format!(r#"<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>"#));
    }
    let x = WIDTH - RIGHT + 12.0;
    #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
    let y = TOP + 10.0 + 20.0 * at as f64;
    add(svg, &format!(r#"<path d="M{x} {y}h22" {stroke}/>"#));
    add(svg, &format!(r#"<text x="{}" y="{}">{}</text>"#, x + 28.0, y + 4.0, escape(&line.name)));
}

fn add(svg: &mut String, element: &str) {
    // Writing to a string never fails.
    let _ = writeln!(svg, "{element}");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
