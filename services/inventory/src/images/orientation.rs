//! The orientation in which a camera held an image (Exif, tag 0x0112).

use super::Size;

const ORIENTATION: u16 = 0x0112;

/// Returns the size as browsers show the image: they turn it as its Exif data says.
pub(super) fn shown(size: Size, exif: Option<&[u8]>) -> Size {
    match exif.and_then(orientation) {
        // Turned by a quarter, and perhaps mirrored.
        Some(5..=8) => Size { width: size.height, height: size.width },
        _ => size,
    }
}

fn orientation(exif: &[u8]) -> Option<u16> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let is_little = match exif.first_chunk::<2>()? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *exif.get(at..)?.first_chunk::<2>()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = *exif.get(4..)?.first_chunk::<4>()?;
    let long = if is_little { u32::from_le_bytes(long) } else { u32::from_be_bytes(long) };
    // The first directory: the number of its entries, and then 12 bytes for each.
    let directory = usize::try_from(long).ok()?;
    let entries = usize::from(short(directory)?);
    let entry = |number: usize| directory.checked_add(2 + 12 * number);
    let found = (0..entries).find_map(|number| entry(number).filter(|at| short(*at) == Some(ORIENTATION)))?;
    short(found.checked_add(8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turned_image_is_shown_with_sides_swapped() {
        let (size, turned) = (Size { width: 40, height: 30 }, Size { width: 30, height: 40 });
        let little = |orientation: u8| {
            let entry = [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
            [&b"II*\0\x08\0\0\0\x01\0"[..], &entry].concat()
        };
        let big = [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01"[..], &[1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]].concat();
        assert_eq!(shown(size, Some(&little(6))), turned);
        assert_eq!(shown(size, Some(&big)), turned);
        for other in [&little(1)[..], &little(9), b"", b"II", b"II*\0\xff\xff\xff\xff", &little(6)[..12]] {
            assert_eq!(shown(size, Some(other)), size);
        }
        assert_eq!(shown(size, None), size);
    }
}
