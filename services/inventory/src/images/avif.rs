//! AVIF. No decoder in Rust alone is kept, so only the container is checked: its boxes must fill
//! the file, and name the size.

use imagesize::{Compression, ImageType};

use super::{Refusal, Size};

pub(super) fn measure(data: &[u8]) -> Result<Size, Refusal> {
    match imagesize::image_type(data) {
        Ok(ImageType::Heif(Compression::Av1)) if is_whole(data) => {}
        _ => return Err(Refusal::damaged("no AVIF, or cut off")),
    }
    let found = imagesize::blob_size(data).map_err(Refusal::damaged)?;
    let side = |side: usize| u32::try_from(side).map_err(|_| Refusal::TooManyPixels);
    Size::of(side(found.width)?, side(found.height)?)
}

/// Returns true if the outer boxes end with the file, and describe an image.
fn is_whole(data: &[u8]) -> bool {
    let (mut rest, mut is_described) = (data, false);
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let Some((kind, after)) = after.split_first_chunk::<4>() else { return false };
        is_described |= kind == b"meta";
        let length = match u32::from_be_bytes(*length) {
            // The last box, up to the end of the file.
            0 => return is_described,
            // The length has 64 bits, and follows.
            1 => after.first_chunk::<8>().map(|length| u64::from_be_bytes(*length)),
            length => Some(length.into()),
        };
        let length = length.filter(|length| *length >= 8).and_then(|length| usize::try_from(length).ok());
        match length.and_then(|length| rest.get(length..)) {
            Some(next) => rest = next,
            None => return false,
        }
    }
    rest.is_empty() && is_described
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    /// 16 × 16 pixels of one colour, as libavif writes them.
    const REAL: &str = "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAKwAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAEAAAABAAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAM21kYXQSAAoJGAz/2iAhoNCAMhwUx4eGZQIIIJ5QAAAAOtxBfmJJop7i4Zc7T8Yg";

    fn boxed(kind: &str, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes()[..], kind.as_bytes(), content].concat()
    }

    fn avif(width: u32, height: u32) -> Vec<u8> {
        let size = [&[0; 4][..], &width.to_be_bytes(), &height.to_be_bytes()].concat();
        let properties = boxed("iprp", &boxed("ipco", &boxed("ispe", &size)));
        let meta = boxed("meta", &[&[0; 4][..], &properties].concat());
        [boxed("ftyp", b"avif\0\0\0\0avifmif1"), meta, boxed("mdat", &[7; 64])].concat()
    }

    #[test]
    fn avif_is_measured_by_its_container() {
        assert_eq!(measure(&STANDARD.decode(REAL).unwrap()), Ok(Size { width: 16, height: 16 }));
        assert_eq!(measure(&avif(640, 480)), Ok(Size { width: 640, height: 480 }));
        assert_eq!(measure(&avif(70_000, 70_000)), Err(Refusal::TooManyPixels));
    }

    #[test]
    fn avif_that_is_cut_off_is_refused() {
        let whole = avif(640, 480);
        let mut other = whole.clone();
        other[8..12].copy_from_slice(b"heic");
        for bad in [&whole[..whole.len() - 1], &whole[..20], &other, b""] {
            assert!(matches!(measure(bad), Err(Refusal::Damaged(_))), "{} bytes", bad.len());
        }
    }
}
