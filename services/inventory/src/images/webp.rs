//! WebP.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::{MEMORY, Refusal, Size};

/// Bytes that the decoder takes for each hundred pixels: the planes of a lossy image, and its
/// colours.
const LOSSY: u64 = 450;
/// The same for every other image: colours with alpha, twice.
const OTHER: u64 = 800;

pub(super) fn measure(data: &[u8]) -> Result<Size, Refusal> {
    let mut decoder = WebPDecoder::new(Cursor::new(data)).map_err(Refusal::damaged)?;
    decoder.set_memory_limit(usize::try_from(MEMORY).unwrap_or(usize::MAX));
    let (width, height) = decoder.dimensions();
    let size = Size::of(width, height)?;
    let is_plain = !decoder.is_animated() && !decoder.has_alpha() && decoder.is_lossy();
    size.afford(if is_plain { LOSSY } else { OTHER })?;
    let bytes = decoder.output_buffer_size().ok_or(Refusal::TooMuchMemory)?;
    decoder.read_image(&mut vec![0; bytes]).map_err(Refusal::damaged)?;
    Ok(size)
}

#[cfg(test)]
mod tests {
    use image_webp::{ColorType, WebPEncoder};

    use super::*;

    #[test]
    fn webp_is_measured_only_if_it_is_whole() {
        let mut data = Vec::new();
        let pixels: Vec<u8> = (0..40 * 30 * 3).map(|at| u8::try_from(at * at % 251).unwrap()).collect();
        WebPEncoder::new(&mut data).encode(&pixels, 40, 30, ColorType::Rgb8).unwrap();
        assert_eq!(measure(&data), Ok(Size { width: 40, height: 30 }));
        for bad in [&data[..data.len() / 2], &data[..12], b"", b"RIFF"] {
            assert!(matches!(measure(bad), Err(Refusal::Damaged(_))), "{} bytes", bad.len());
        }
    }
}
