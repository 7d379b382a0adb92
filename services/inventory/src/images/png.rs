//! PNG, decoded row by row.

use std::io::Cursor;

use png::{Decoder, DecodingError, Limits};

use super::{MEMORY, Refusal, Size};

pub(super) fn measure(data: &[u8]) -> Result<Size, Refusal> {
    let bytes = usize::try_from(MEMORY).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(data), Limits { bytes });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(refused)?;
    let size = Size::of(header.width, header.height)?;
    let mut reader = decoder.read_info().map_err(refused)?;
    while reader.next_row().map_err(refused)?.is_some() {}
    reader.finish().map_err(refused)?;
    Ok(size)
}

fn refused(error: DecodingError) -> Refusal {
    match error {
        DecodingError::LimitsExceeded => Refusal::TooMuchMemory,
        other => Refusal::damaged(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut data = Vec::new();
        let mut encoder = png::Encoder::new(&mut data, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let row = width.div_ceil(8) as usize;
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&vec![0xaa; row * height as usize]).unwrap();
        writer.finish().unwrap();
        data
    }

    #[test]
    fn whole_png_is_measured() {
        assert_eq!(measure(&png(321, 5)), Ok(Size { width: 321, height: 5 }));
    }

    #[test]
    fn png_bomb_is_refused_by_its_header() {
        let bomb = png(20_000, 20_000);
        assert_eq!(measure(&bomb), Err(Refusal::TooManyPixels));
    }

    #[test]
    fn damaged_png_is_refused() {
        let whole = png(64, 64);
        let mut flipped = whole.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0xff;
        for bad in [&whole[..whole.len() / 2], &whole[..8], b"", b"GIF89a", &flipped] {
            assert!(matches!(measure(bad), Err(Refusal::Damaged(_))), "{} bytes", bad.len());
        }
    }
}
