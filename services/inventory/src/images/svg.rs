//! SVG: a document, of which only shapes and text are allowed.
//!
//! Pages show an image in `<img>`, and the service answers it with a policy that loads and runs
//! nothing. The rules here are for every other place that such a file gets to.

use roxmltree::{Attribute, Document, Node, NodeType, ParsingOptions};

use super::{Refusal, Size};

const LONGEST: usize = 256 * 1024;
const NODES: u32 = 20_000;

const SVG: &str = "http://www.w3.org/2000/svg";

/// Namespaces of editors, whose elements browsers ignore.
const INERT: [&str; 5] = [
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://purl.org/dc/elements/1.1/",
];

/// The elements of SVG that draw, or describe a drawing. Filters are tested by their prefix.
const DRAWING: [&str; 27] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "metadata",
    "style",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "marker",
    "filter",
];

pub(super) fn measure(data: &[u8]) -> Result<Size, Refusal> {
    if data.len() > LONGEST {
        return Err(Refusal::LongSvg);
    }
    let text = std::str::from_utf8(data).map_err(Refusal::damaged)?;
    check_encoding(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(Refusal::damaged)?;
    let root = document.root_element();
    if root.tag_name().namespace() != Some(SVG) || root.tag_name().name() != "svg" {
        return Err(Refusal::damaged("no SVG"));
    }
    for node in document.root().descendants() {
        check(node)?;
    }
    size(root)
}

/// Refuses a declared encoding other than UTF-8: a browser would read other characters than we do.
fn check_encoding(text: &str) -> Result<(), Refusal> {
    let declaration = text.trim_start_matches('\u{feff}').strip_prefix("<?xml");
    let declaration = declaration.and_then(|rest| rest.split("?>").next()).unwrap_or_default();
    let declaration = declaration.to_ascii_lowercase();
    if declaration.contains("encoding") && !declaration.contains("utf-8") {
        return Err(Refusal::damaged("not UTF-8"));
    }
    Ok(())
}

fn check(node: Node<'_, '_>) -> Result<(), Refusal> {
    match node.node_type() {
        NodeType::Root | NodeType::Comment => Ok(()),
        NodeType::PI => Err(Refusal::ActiveSvg("a processing instruction".to_owned())),
        NodeType::Text => {
            let is_style = node.parent().is_some_and(|parent| parent.tag_name().name() == "style");
            let is_plain = !is_style || is_plain(node.text().unwrap_or_default());
            if is_plain { Ok(()) } else { Err(Refusal::ActiveSvg("style".to_owned())) }
        }
        NodeType::Element => {
            let name = node.tag_name().name();
            let is_drawing = match node.tag_name().namespace() {
                Some(SVG) => DRAWING.contains(&name) || name.starts_with("fe") && name != "feImage",
                Some(other) => INERT.contains(&other),
                None => false,
            };
            // Browsers join the texts of a style sheet, and so read a word that a comment parts.
            let is_whole =
                name != "style" || node.children().all(|child| child.is_text() && !child.has_siblings());
            if !is_drawing || !is_whole {
                return Err(Refusal::ActiveSvg(shortened(name)));
            }
            match node.attributes().find(|attribute| !is_harmless(attribute)) {
                Some(attribute) => Err(Refusal::ActiveSvg(shortened(attribute.name()))),
                None => Ok(()),
            }
        }
    }
}

/// Returns true if an attribute handles no event, and refers to nothing outside of the document.
fn is_harmless(attribute: &Attribute<'_, '_>) -> bool {
    let name = attribute.name().to_ascii_lowercase();
    let is_reference = matches!(name.as_str(), "href" | "src" | "base");
    let is_local = attribute.value().trim().starts_with('#');
    // Inert elements of editors refer to licences.
    let is_fact = attribute.namespace().is_some_and(|namespace| INERT.contains(&namespace));
    is_fact || !name.starts_with("on") && (is_local || !is_reference) && is_plain(attribute.value())
}

/// Returns true if CSS, or an attribute that holds some, loads and runs nothing. Backslashes can
/// write any word in another way.
fn is_plain(text: &str) -> bool {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let text = text.to_ascii_lowercase();
    let is_local = |rest: &str| rest.trim_start_matches(['"', '\'']).starts_with('#');
    let bad = ["\\", "javascript:", "@import", "@font-face", "expression(", "image-set(", "-moz-binding"];
    !bad.iter().any(|bad| text.contains(bad)) && text.split("url(").skip(1).all(is_local)
}

fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

/// Returns the size of the drawing: its own, or that of its coordinates.
fn size(root: Node<'_, '_>) -> Result<Size, Refusal> {
    let own = |name: &str| pixels(root.attribute(name)?.trim().trim_end_matches("px"));
    let view: Vec<&str> = root.attribute("viewBox").unwrap_or_default().split([' ', ',', '\n']).collect();
    let view: Vec<&str> = view.into_iter().filter(|part| !part.is_empty()).collect();
    let of_view = match view.as_slice() {
        [_, _, width, height] => pixels(width).zip(pixels(height)),
        _ => None,
    };
    let (width, height) = own("width").zip(own("height")).or(of_view).ok_or(Refusal::UnsizedSvg)?;
    Size::of(width, height)
}

/// Parses a length, rounded up to whole pixels.
fn pixels(text: &str) -> Option<u32> {
    let length = text.parse::<f64>().ok().filter(|length| (0.0..1e9).contains(length))?;
    format!("{:.0}", length.ceil()).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;

    fn svg(content: &str) -> Result<Size, Refusal> {
        let start = r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 8 6">"#;
        measure(format!("{start}{content}</svg>").as_bytes())
    }

    #[test]
    fn images_of_the_seeded_catalogue_pass() {
        let images = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../catalog/images");
        let files: Vec<_> = fs::read_dir(images).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(files.len() > 50);
        for file in files {
            let size = measure(&fs::read(&file).unwrap());
            assert!(size.is_ok(), "{}: {size:?}", file.display());
        }
    }

    #[test]
    fn drawing_with_local_references_passes() {
        let drawing = r##"<?xml version="1.0" encoding="UTF-8"?><svg xmlns="http://www.w3.org/2000/svg"
            xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:version="1.0" width="20.5px" height="10">
            <i:grid/><defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><style>.a{fill:url(#g)}</style>
            <rect class="a" fill="url('#g')" width="5" height="5"/><use href="#g"/><text>on = javascript</text></svg>"##;
        assert_eq!(measure(drawing.as_bytes()), Ok(Size { width: 21, height: 10 }));
        assert_eq!(svg(""), Ok(Size { width: 8, height: 6 }));
    }

    #[test]
    fn active_content_is_refused() {
        for active in [
            "<script>alert(1)</script>",
            r#"<x:script xmlns:x="http://www.w3.org/2000/svg"/>"#,
            r#"<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>"#,
            "<foreignObject/>",
            r#"<rect onload="alert(1)"/>"#,
            r#"<rect OnClick="alert(1)"/>"#,
            r#"<a href="https://example.com"><rect/></a>"#,
            r#"<use href="other.svg#a"/>"#,
            r#"<use xlink:href="data:image/svg+xml;base64,AAAA"/>"#,
            r#"<image href="https://example.com/a.png"/>"#,
            r#"<set attributeName="href" to="javascript:alert(1)"/>"#,
            r##"<animate attributeName="href" values="#a"/>"##,
            "<style>@import 'https://example.com/a.css';</style>",
            "<style>rect { fill: u\\72l(https://example.com) }</style>",
            "<style>@imp<!-- -->ort 'https://example.com/a.css';</style>",
            "<style>rect { fill: u<g/>rl(https://example.com) }</style>",
            r#"<rect style="fill: url( 'https://example.com' )"/>"#,
            r#"<rect fill="url(//example.com)"/>"#,
            r#"<feImage href="a.png"/>"#,
            r#"<?xml-stylesheet href="a.css"?>"#,
            r#"<use href="&#106;avascript:alert(1)"/>"#,
        ] {
            assert!(matches!(svg(active), Err(Refusal::ActiveSvg(_))), "{active}: {:?}", svg(active));
        }
    }

    #[test]
    fn text_that_is_no_svg_is_refused() {
        let entities = r#"<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">&a;</svg>"#;
        let encoded = r#"<?xml version="1.0" encoding="iso-2022-jp"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>"#;
        for bad in [
            entities,
            encoded,
            "",
            "<svg",
            "<svg viewBox='0 0 1 1'/>",
            "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        ] {
            assert!(matches!(measure(bad.as_bytes()), Err(Refusal::Damaged(_))), "{bad}");
        }
        assert_eq!(measure(&vec![b' '; LONGEST + 1]), Err(Refusal::LongSvg));
        let unsized_svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="100%"/>"#;
        assert_eq!(measure(unsized_svg.as_bytes()), Err(Refusal::UnsizedSvg));
        let huge = r#"<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"/>"#;
        assert_eq!(measure(huge.as_bytes()), Err(Refusal::TooManyPixels));
    }
}
