//! The settings of the audit.

use std::{collections::BTreeMap, fs};

type Variables = BTreeMap<String, String>;

/// The settings of Payment that say where the sandbox's books are, and the audit's names for them.
const BOOKS: [(&str, &str); 2] =
    [("GATEWAY_REDIS_DB", "REDIS_DB_GATEWAY"), ("GATEWAY_REDIS_DB_FILE", "REDIS_DB_GATEWAY_FILE")];

/// Returns the settings by which the audit finds the books of Payment's gateway. A real gateway
/// keeps its books itself.
pub(super) fn books(payment: &Variables) -> Variables {
    let found = BOOKS.iter().filter_map(|(of, name)| Some((*name, payment.get(*of)?.clone())));
    let books = if matches!(gateway(payment).as_str(), "" | "sandbox") { "sandbox" } else { "none" };
    let all = found.chain([("GATEWAY_BOOKS", books.to_owned())]);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Returns the value of `GATEWAY`, which may be in a file. Payment reports an unreadable one.
fn gateway(payment: &Variables) -> String {
    let given = payment.get("GATEWAY").filter(|value| !value.is_empty()).cloned();
    let file = || fs::read_to_string(payment.get("GATEWAY_FILE")?).ok();
    given.or_else(file).unwrap_or_default().trim().to_owned()
}

/// Returns the lines of a shell script that sets what an audit needs of `variables`.
pub(super) fn script(variables: Variables) -> String {
    let needed = variables.into_iter().filter(|(name, _)| {
        name.starts_with("REDIS_") || ["TLS_CA", "GATEWAY_BOOKS"].contains(&name.as_str())
    });
    let line = |(name, value): (String, String)| format!("{name}='{}'\n", value.replace('\'', r"'\''"));
    let lines: Vec<String> = needed.map(line).collect();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn audit_finds_the_books_of_the_gateway() {
        let of = |pairs: &[(&str, &str)]| books(&variables(pairs));
        let sandbox = ("GATEWAY_BOOKS", "sandbox");
        assert_eq!(of(&[]), variables(&[sandbox]));
        assert_eq!(of(&[("GATEWAY", "")]), variables(&[sandbox]));
        assert_eq!(
            of(&[("GATEWAY", "sandbox"), ("GATEWAY_REDIS_DB", "2")]),
            variables(&[sandbox, ("REDIS_DB_GATEWAY", "2")])
        );
        assert_eq!(of(&[("GATEWAY", "stripe")]), variables(&[("GATEWAY_BOOKS", "none")]));
        let file = std::env::temp_dir().join(format!("estore-gateway-{}", std::process::id()));
        fs::write(&file, "stripe\n").unwrap();
        let by_file = of(&[("GATEWAY", ""), ("GATEWAY_FILE", file.to_str().unwrap())]);
        assert_eq!(by_file, variables(&[("GATEWAY_BOOKS", "none")]));
        fs::remove_file(file).unwrap();
    }

    #[test]
    fn script_sets_values_with_apostrophes() {
        let place = "/home/me/it's/ca.crt";
        let all =
            [("TLS_CA", place), ("REDIS_DB_GATEWAY", "2"), ("GATEWAY_BOOKS", "none"), ("JWT_SECRET", "s")];
        let said = script(variables(&all));
        assert!(!said.contains("JWT_SECRET"), "{said}");
        let print = format!("{said}printf '%s %s %s' \"$TLS_CA\" \"$REDIS_DB_GATEWAY\" \"$GATEWAY_BOOKS\"");
        let printed = Command::new("sh").arg("-c").arg(print).output().unwrap();
        assert_eq!(String::from_utf8(printed.stdout).unwrap(), format!("{place} 2 none"));
    }
}
