//! Valid and invalid templates of every purpose.

use serde_json::json;

use super::{sample::Sample, *};
use crate::domain::lifetime;

const EVERY: [Purpose; 9] = [
    Purpose::Email,
    Purpose::EmailChange,
    Purpose::EmailChangeAsked,
    Purpose::EmailChanged,
    Purpose::PasswordReset,
    Purpose::AlreadyRegistered,
    Purpose::SecurityNotice,
    Purpose::OrderConfirmed,
    Purpose::OrderRefunded,
];

/// The purposes whose emails have a link.
const LINKED: [Purpose; 5] = [
    Purpose::Email,
    Purpose::EmailChange,
    Purpose::EmailChangeAsked,
    Purpose::EmailChanged,
    Purpose::PasswordReset,
];

fn checked(purpose: Purpose, subject: &str, text: &str, html: &str) -> Result<Rendered, Vec<&'static str>> {
    check(Parts { subject, text, html }, purpose, Locale::En, "E-Store")
        .map_err(|wrong| wrong.into_iter().map(|(part, _)| part).collect())
}

/// Returns the rejected parts of a template whose text has `text` in addition to its required
/// contents.
fn refused(purpose: Purpose, text: &str) -> Vec<&'static str> {
    let contents = contents(purpose);
    let names = contents.essence.iter().chain(contents.about);
    let shown = names.map(|name| format!("{{{{ {name} }}}}")).collect::<Vec<_>>().join(" ");
    checked(purpose, "Hi", &format!("Hi {shown} {text}"), &format!("<p>Hi {shown}</p>"))
        .err()
        .unwrap_or_default()
}

#[test]
fn variable_of_another_purpose_is_refused() {
    for purpose in EVERY {
        assert_eq!(refused(purpose, "{{ name }} {{ shop }}"), [""; 0], "{purpose:?}");
        for (name, has) in [
            ("link", &LINKED[..]),
            ("token", &LINKED),
            ("notice", &[Purpose::SecurityNotice]),
            ("order_id", &[Purpose::OrderConfirmed, Purpose::OrderRefunded]),
            ("order_number", &[Purpose::OrderConfirmed, Purpose::OrderRefunded]),
            ("order_link", &[Purpose::OrderConfirmed, Purpose::OrderRefunded]),
            ("total", &[Purpose::OrderConfirmed, Purpose::OrderRefunded]),
            ("items", &[Purpose::OrderConfirmed]),
            ("nobody_knows", &[]),
        ] {
            let expected: &[&str] = if has.contains(&purpose) { &[] } else { &["text"] };
            assert_eq!(refused(purpose, &format!("{{{{ {name} }}}}")), expected, "{name} in {purpose:?}");
        }
    }
}

#[test]
fn unknown_name_in_any_branch_is_refused() {
    for text in [
        "{% if name == 'nobody' %}{{ nope }}{% endif %}",
        "{% if name != 'nobody' %}{% else %}{{ nope }}{% endif %}",
        "{{ name if shop else nope }}",
        "{{ nope | default('x') }}",
        "{% if nope is defined %}x{% endif %}",
        "{% if name == 'nobody' %}{{ name.nope }}{% endif %}",
        "{% if name == 'nobody' %}{{ name.upper() }}{% endif %}",
        "{% if name == 'nobody' %}{{ name | nope }}{% endif %}",
        "{% if name is nope %}x{% endif %}",
        "{% if name == 'nobody' %}{{ nope() }}{% endif %}",
        "{% for item in items %}{% if item.name == 'x' %}{{ item.nope }}{% endif %}{% endfor %}",
        "{% for item in items | sort(attribute='name') %}{% if loop.index > 999 %}{{ item['nope'] }}{% endif %}{% endfor %}",
        "{% if not items %}{{ items[0].nope }}{{ (items | first).nope }}{% endif %}",
        "{% set all = items %}{% for one in all if one.nope %}x{% endfor %}",
        "{% for item in items %}{% else %}{{ item.name }}{% endfor %}",
        "{% for item in items %}{% endfor %}{{ item }}",
        "{% macro line(x) %}{{ nope }}{% endmacro %}",
        "{% with a = nope %}{% endwith %}",
        "{{ 'x' ~ nope }}{{ [nope] }}{{ {'a': nope} }}",
    ] {
        assert_eq!(refused(Purpose::OrderConfirmed, text), ["text"], "{text}");
    }
}

#[test]
fn names_of_the_purpose_are_accepted() {
    for text in [
        "{% for item in items %}{{ loop.index }}. {{ item.quantity }} x {{ item.name | upper }}: {{ item['line_total'] }}{% else %}nothing{% endfor %}",
        "{% for item in items | sort(attribute='name') if item.quantity > 1 %}{{ item.name }}{% endfor %}",
        "{% set first = items | first %}{% if items %}{{ first.name }}{% endif %}{{ items | length }}",
        "{% macro line(x, y='-') %}{{ y }}{{ x.name }}{% endmacro %}{% for item in items %}{{ line(item) }}{% endfor %}",
        "{% for n in range(3) %}{{ n }}{% endfor %}{{ name if name is defined else 'you' }}",
        "{% with who = name %}{{ who }}{% endwith %}{% filter upper %}{{ shop }}{% endfilter %}",
    ] {
        assert_eq!(refused(Purpose::OrderConfirmed, text), [""; 0], "{text}");
    }
}

#[test]
fn template_without_its_essence_is_refused() {
    let email = |subject, text, html| checked(Purpose::Email, subject, text, html).err().unwrap_or_default();
    let link = "<a href=\"{{ link }}\">x</a>";
    assert_eq!(email("s", "{{ link }}", link), [""; 0]);
    assert_eq!(email("s", "{{ token }}", link), ["text"]);
    assert_eq!(email("{{ link }}", "here", link), ["text"]);
    assert_eq!(email("s", "{# {{ link }} #} x", link), ["text"]);
    assert_eq!(email("s", "{{ link | truncate(30) }} x", link), ["text"]);
    assert_eq!(email("s", "{% if name == 'Ada' %}{{ link }}{% endif %} x", link), ["text"]);
    assert_eq!(email("s", "{{ link }}", "<p>x</p><!-- {{ link }} -->"), ["html"]);
    assert_eq!(email("s", "{{ link }}", "<p>{{ link }}</p>"), [""; 0]);
    assert_eq!(email("{{ '' }}", "x", "<p>x</p>"), ["subject", "text", "html"]);
    assert_eq!(email("{% if name == 'Ada' %}s{% endif %}", "{{ link }}", link), ["subject"]);
    assert_eq!(email("\u{200b} -", "{{ link }}", link), ["subject"]);

    let refund = |subject, text| {
        checked(Purpose::OrderRefunded, subject, text, "<p>{{ total }}</p>").err().unwrap_or_default()
    };
    assert_eq!(refund("Order {{ order_id }}", "{{ total }}"), [""; 0]);
    assert_eq!(refund("Order {{ order_number }}", "{{ total }} {{ order_link }}"), [""; 0]);
    assert_eq!(refund("Order", "{{ total }}"), ["text", "html"]);
    assert_eq!(refund("Order", "{{ total }} {{ order_number }}"), ["html"]);
    assert_eq!(refund("Order {{ order_id }}", "thanks"), ["text"]);
    assert_eq!(
        checked(Purpose::AlreadyRegistered, "s", "{{ '' }}", "<p></p><!-- x -->").unwrap_err(),
        ["text", "html"]
    );
}

#[test]
fn template_that_fails_for_edge_data_is_refused() {
    for text in [
        "{{ items[0].name }}",
        "{% if items | length > 50 %}{{ 1 / 0 }}{% endif %}",
        "{% for item in items %}{% for a in range(9999) %}x{% endfor %}{% endfor %}",
        "{% if total == '1.234,50 USD' %}{{ 1 / 0 }}{% endif %}",
    ] {
        assert_eq!(refused(Purpose::OrderConfirmed, text), ["text"], "{text}");
    }
}

#[test]
fn escaping_cannot_be_switched_off() {
    for text in
        ["{{ name | safe }}", "{% if not name %}{% autoescape false %}x{% endautoescape %}{% endif %}"]
    {
        assert_eq!(refused(Purpose::SecurityNotice, text), ["text"], "{text}");
    }
    let hostile = "<script>{{ 7*7 }}{% include '../../etc/passwd' %}</script>";
    let mut data = Sample::Usual.data(&contents(Purpose::SecurityNotice), "E-Store");
    data.insert("name".to_owned(), hostile.into());
    let parts = Parts {
        subject: "Hi {{ name }}",
        text: "{{ name }} {{ notice }}",
        html: "<b>{{ name }}</b>{{ notice }}",
    };
    let rendered = render(parts, Purpose::SecurityNotice, Locale::En, &data).unwrap();
    assert!(rendered.html.contains("&lt;script&gt;{{ 7*7 }}") && !rendered.html.contains("<script>"));
    assert!(rendered.text.starts_with(hostile));
}

#[test]
fn subject_stays_one_line() {
    let mut data = Sample::Usual.data(&contents(Purpose::AlreadyRegistered), "E-Store");
    data.insert("name".to_owned(), "Ada\r\nBcc: eve@example.com".into());
    let parts = Parts { subject: "Hi {{ name }}", text: "x", html: "x" };
    let rendered = render(parts, Purpose::AlreadyRegistered, Locale::En, &data).unwrap();
    assert_eq!(rendered.subject, "Hi Ada  Bcc: eve@example.com");
}

#[test]
fn broken_template_part_is_named() {
    for bad in [
        "{{ name",
        "{% for x in %}",
        "{% include 'x' %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    ] {
        assert_eq!(refused(Purpose::AlreadyRegistered, bad), ["text"], "{bad}");
    }
}

#[test]
fn amounts_are_written_in_the_emails_language() {
    let data = json!({"shop": "E-Store", "name": "Ada", "order_id": "7", "total": "1234.50 EUR",
        "items": [{"name": "1234.50 EUR", "quantity": 2, "line_total": "1234.50 EUR"}]});
    let parts = Parts {
        subject: "{{ order_id }}",
        text: "{{ total }}{% for item in items %} {{ item.name }} {{ item.line_total }}{% endfor %}",
        html: "{{ total }}",
    };
    let text =
        |locale| render(parts, Purpose::OrderConfirmed, locale, data.as_object().unwrap()).unwrap().text;
    assert_eq!(text(Locale::En), "1,234.50 EUR 1234.50 EUR 1,234.50 EUR");
    assert_eq!(text(Locale::De), "1.234,50 EUR 1234.50 EUR 1.234,50 EUR");
}

#[test]
fn emails_with_a_token_have_a_link() {
    for purpose in EVERY {
        let contents = contents(purpose);
        let essential = contents.essence.contains(&"link");
        assert_eq!(lifetime(purpose).is_some(), essential, "{purpose:?}");
        for name in contents.essence.iter().chain(contents.about) {
            assert!(contents.find(name).is_some(), "{name} of {purpose:?}");
        }
    }
}
