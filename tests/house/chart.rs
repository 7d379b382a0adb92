//! The variables that the templates of the chart set.

/// Returns the variables that a template sets, each with its place. That is the named template,
/// with the service or the suffix in it; otherwise the file.
pub(super) fn variables(file: &str, text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut scope = Scope { template: file.to_owned(), service: "", depth: 0 };
    for line in text.lines() {
        scope.follow(line);
        for rest in line.replace("{{ .suffix }}", "@").split("name: ").skip(1) {
            let is_part = |letter: &char| {
                letter.is_ascii_uppercase() || letter.is_ascii_digit() || "_@".contains(*letter)
            };
            let name: String = rest.chars().take_while(is_part).collect();
            // A name that ends with an underscore goes on with a value of the chart.
            if name.len() < 3 || name.ends_with('_') {
                continue;
            }
            let suffixes: &[&str] = if name.contains('@') { &["", "_USER", "_VERIFICATION"] } else { &[""] };
            for suffix in suffixes {
                let part = if suffix.is_empty() { scope.service } else { suffix };
                let place = format!("{} {part}", scope.template).trim_end().to_owned();
                found.push((place, name.replace('@', suffix)));
            }
        }
    }
    found
}

/// The place of a line.
struct Scope<'a> {
    template: String,
    service: &'a str,
    /// The number of conditions and loops around it.
    depth: usize,
}

impl<'a> Scope<'a> {
    fn follow(&mut self, line: &'a str) {
        let action = line.trim_start().trim_start_matches("{{-").trim_start();
        if let Some(name) = action.strip_prefix("define \"") {
            let name = name.split('"').next().unwrap_or_default().to_owned();
            (self.template, self.service, self.depth) = (name, "", 0);
        }
        if ["if ", "with ", "range "].iter().any(|opening| action.starts_with(opening)) {
            self.depth += 1;
        }
        if action.starts_with("end ") {
            self.depth = self.depth.saturating_sub(1);
        }
        if let Some((_, rest)) = action.split_once("if eq .service \"") {
            self.service = rest.split('"').next().unwrap_or_default();
        } else if action.starts_with("else }}") && self.depth == 1 && !self.service.is_empty() {
            self.service = "payment";
        }
    }
}
