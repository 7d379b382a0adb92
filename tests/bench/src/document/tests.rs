//! Tests of the page and a chart with invented figures, and of the published page.

use std::{fs, path::PathBuf};

use super::*;

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares every written file with the one below `directory`.
fn compare(document: &Document, directory: &str) {
    let fresh = std::env::temp_dir().join(format!(
        "estore-measure-{}-{}",
        directory.replace(['.', '/'], "-"),
        std::process::id()
    ));
    document.write(&fresh).unwrap();
    let mut names = vec!["performance.md".to_owned(), "performance.json".to_owned()];
    names.extend(document.curves().into_keys().map(|name| format!("performance/{name}.svg")));
    for name in names {
        let (made, kept) = (fresh.join(&name), file(directory).join(&name));
        let made = fs::read_to_string(made).unwrap();
        assert_eq!(
            made,
            fs::read_to_string(&kept).unwrap_or_default(),
            "{} is not as rendered",
            kept.display()
        );
    }
    fs::remove_dir_all(fresh).unwrap();
}

#[test]
fn invented_figures_render_as_the_golden_files() {
    compare(&Document::read(&file("golden")).unwrap(), "golden");
}

#[test]
fn published_page_agrees_with_its_figures() {
    compare(&Document::read(&file("../../docs")).unwrap(), "../../docs");
}

#[test]
fn empty_document_says_not_measured() {
    let page = page(&Document::default(), &BTreeMap::new());
    assert_eq!(page.matches("Not measured yet").count(), 3);
    assert!(!page.contains("{{comparison}}") && !page.contains("{{orders}}"), "{page}");
}
