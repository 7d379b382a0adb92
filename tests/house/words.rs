//! How the house writes: names of tests, comments, and the sections that comments cite.

use std::{collections::BTreeSet, fs};

use estore_tests::project;

use super::{sources, visit};

/// The most words of a test's name.
const NAME: usize = 8;
/// The most columns of a comment.
const WIDTH: usize = 100;
/// Words that open no comment and no name of a test.
const OPENINGS: [&str; 6] = ["What", "Who", "Whom", "Whose", "Where", "Whether"];
const ARTICLES: [&str; 3] = ["a", "an", "the"];

#[test]
fn test_names_are_short_and_open_plainly() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for name in tests_in(&text) {
            let words: Vec<&str> = name.split('_').collect();
            let opening = words.first().copied().unwrap_or_default();
            let is_bad =
                ARTICLES.contains(&opening) || OPENINGS.iter().any(|word| word.eq_ignore_ascii_case(opening));
            if words.len() > NAME || is_bad {
                wrong.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "at most {NAME} words, and the subject first:\n{}", wrong.join("\n"));
}

/// The names of the functions that follow a `#[test]` or `#[tokio::test]`.
fn tests_in(text: &str) -> Vec<&str> {
    let mut lines = text.lines().map(str::trim);
    let mut names = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            let function = lines.find(|line| line.starts_with("fn ") || line.starts_with("async fn "));
            let name = function.and_then(|line| line.split("fn ").nth(1)?.split('(').next());
            names.extend(name);
        }
    }
    names
}

#[test]
fn comments_fit_and_open_with_a_statement() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let mut is_continued = false;
        for (at, line) in text.lines().enumerate() {
            let Some(comment) = comment(line) else {
                is_continued = false;
                continue;
            };
            let opens = !is_continued && OPENINGS.contains(&first_word(comment));
            // A table or an address cannot be wrapped.
            let is_wide = line.chars().count() > WIDTH && comment.contains(' ') && !comment.contains("://");
            if opens || is_wide {
                wrong.push(format!("{}:{}: {comment}", path.display(), at + 1));
            }
            is_continued = !comment.is_empty() && !comment.ends_with('.') && !comment.ends_with(':');
        }
    }
    assert!(wrong.is_empty(), "at most {WIDTH} columns, and a statement first:\n{}", wrong.join("\n"));
}

/// The text of a line that is only a comment.
fn comment(line: &str) -> Option<&str> {
    let text = line.trim_start().strip_prefix("//")?;
    Some(text.trim_start_matches(['/', '!']).trim())
}

fn first_word(text: &str) -> &str {
    text.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default()
}

#[test]
fn cited_sections_of_the_protocol_exist() {
    let page = fs::read_to_string(project().join("docs/order-flow.md")).unwrap();
    let sections: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## ")?.split_once(". "))
        .map(|(number, _)| number)
        .collect();
    assert!(sections.len() >= 7, "{sections:?}");
    let mut files = sources();
    visit(&project().join("migrations"), "lua", &mut files);
    let mut cited = 0;
    for (path, text) in files {
        for rest in text.split("order-flow section").skip(1) {
            for number in numbers(rest) {
                cited += 1;
                assert!(sections.contains(number), "{} cites section {number}", path.display());
            }
        }
    }
    assert!(cited > 50, "{cited}");
}

/// The numbers of `s 2 to 4)` or ` 7)`, as they follow the word "section".
fn numbers(text: &str) -> Vec<&str> {
    let cited = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_part = |word: &&str| ["s", "to", "and"].contains(word) || word.parse::<u8>().is_ok();
    cited.take_while(is_part).filter(|word| word.parse::<u8>().is_ok()).collect()
}
