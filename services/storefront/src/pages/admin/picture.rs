//! Pictures that an admin uploads.

use crate::api::admin::PictureType;

/// The largest picture, in bytes.
pub(crate) const MOST_BYTES: usize = 5 << 20;

/// Recognizes the type of a picture by its content. Browsers guess the type by the name, which may
/// be wrong. The service checks the whole content.
pub(crate) fn type_of(data: &[u8]) -> Option<PictureType> {
    let has = |at: usize, bytes: &[u8]| data.get(at..).is_some_and(|rest| rest.starts_with(bytes));
    if has(0, b"\x89PNG\r\n\x1a\n") {
        return Some(PictureType::Png);
    }
    if has(0, b"\xff\xd8\xff") {
        return Some(PictureType::Jpeg);
    }
    if has(0, b"RIFF") && has(8, b"WEBP") {
        return Some(PictureType::Webp);
    }
    if has(4, b"ftypavif") || has(4, b"ftypavis") {
        return Some(PictureType::Avif);
    }
    let text = std::str::from_utf8(data).ok()?.trim_start_matches('\u{feff}').trim_start();
    (text.starts_with('<') && text.contains("<svg")).then_some(PictureType::Svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_is_known_by_its_content() {
        for (data, kind) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], PictureType::Png),
            (b"\xff\xd8\xff\xe0", PictureType::Jpeg),
            (b"RIFF\x01\x00\x00\x00WEBPVP8 ", PictureType::Webp),
            (b"\x00\x00\x00\x20ftypavif\x00", PictureType::Avif),
            ("\u{feff}<?xml version=\"1.0\"?>\n<svg xmlns=\"x\"/>".as_bytes(), PictureType::Svg),
        ] {
            assert_eq!(type_of(data), Some(kind));
        }
    }

    #[test]
    fn other_file_is_no_picture() {
        for data in
            [&b""[..], b"\x89PN", b"RIFF\x01\x00\x00\x00WAVE", b"<html></html>", b"GIF89a", b"svg <svg"]
        {
            assert_eq!(type_of(data), None);
        }
    }
}
