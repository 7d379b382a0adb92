//! JPEG, decoded to its brightness alone if it can be: a byte for each pixel.

use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{Refusal, Size, orientation};

/// The most sweeps over the image of a progressive JPEG. Encoders make about ten.
const SCANS: usize = 64;

pub(super) fn measure(data: &[u8]) -> Result<Size, Refusal> {
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .set_strict_mode(true)
        .jpeg_set_max_scans(SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    decoder.decode_headers().map_err(Refusal::damaged)?;
    let info = decoder.info().ok_or_else(|| Refusal::damaged("no header"))?;
    let size = Size::of(info.width.into(), info.height.into())?;
    // Brightness is a component of its own in most images.
    let has_luma = matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    if has_luma {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
    }
    let output = if has_luma { 100 } else { 300 };
    size.afford(output + coefficients(data).ok_or_else(|| Refusal::damaged("no scan"))?)?;
    let bytes = decoder.output_buffer_size().ok_or_else(|| Refusal::damaged("no size"))?;
    decoder.decode_into(&mut vec![0; bytes]).map_err(Refusal::damaged)?;
    Ok(orientation::shown(size, info.exif_data.as_deref()))
}

/// Returns the bytes of coefficients that a decoder holds for each hundred pixels. All stay until
/// the last scan. There are none if the first scan is the whole image.
fn coefficients(data: &[u8]) -> Option<u64> {
    let mut rest = data.get(2..)?;
    let mut frame: Option<Frame> = None;
    loop {
        let [0xff, marker, after @ ..] = rest else { return None };
        // More bytes of 0xff may stand before a marker.
        if *marker == 0xff {
            rest = rest.get(1..)?;
            continue;
        }
        let length = after.first_chunk::<2>().map(|length| u16::from_be_bytes(*length))?;
        let (segment, next) = after.split_at_checked(length.into())?;
        match marker {
            // The start of a scan.
            0xda => {
                let frame = frame?;
                let is_whole = !frame.is_progressive && segment.get(2) == Some(&frame.components);
                return Some(if is_whole { 0 } else { frame.coefficients });
            }
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                frame = Some(Frame::read(*marker, segment)?);
            }
            _ => {}
        }
        rest = next;
    }
}

/// The start of a frame.
struct Frame {
    is_progressive: bool,
    components: u8,
    /// Bytes of coefficients for each hundred pixels: two for each sample.
    coefficients: u64,
}

impl Frame {
    /// Reads length, precision, height, width, and the number of components. Then follow the id of
    /// each, its samples in both directions, and the number of its table.
    fn read(marker: u8, segment: &[u8]) -> Option<Self> {
        let components = *segment.get(7)?;
        let samples = segment.get(8..)?.chunks_exact(3).take(components.into());
        let samples = samples.map(|component| component.get(1).copied().unwrap_or_default());
        let (mut sum, mut across, mut down) = (0, 0, 0);
        for sample in samples {
            let (one, other) = (u64::from(sample >> 4), u64::from(sample & 0xf));
            (sum, across, down) = (sum + one * other, across.max(one), down.max(other));
        }
        let coefficients = (200 * sum).checked_div(across * down)?;
        Some(Self { is_progressive: marker == 0xc2, components, coefficients })
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    /// 24 × 16 pixels, in one scan.
    const PLAIN: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAAQABgDASIAAhEBAxEB/8QAGAAAAgMAAAAAAAAAAAAAAAAAAAMBAgT/xAAbEAEBAQACAwAAAAAAAAAAAAACAAEDEyExcf/EABQBAQAAAAAAAAAAAAAAAAAAAAD/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwDODPBqAzwYGAxRzPq4dWe98Z9iD//Z";
    /// The same image, progressive.
    const PROGRESSIVE: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wgARCAAQABgDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAIBA//EABQBAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhADEAAAAed5ZQP/xAAWEAEBAQAAAAAAAAAAAAAAAAABICH/2gAIAQEAAQUClw//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAEDAQE/AT//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAECAQE/AT//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/Al//xAAWEAEBAQAAAAAAAAAAAAAAAAABACH/2gAIAQEAAT8hCCCCCet//9oADAMBAAIAAwAAABBTD//EABQRAQAAAAAAAAAAAAAAAAAAABD/2gAIAQMBAT8QP//EABQRAQAAAAAAAAAAAAAAAAAAABD/2gAIAQIBAT8QP//EABoQAAEFAQAAAAAAAAAAAAAAAAEAESAhMXH/2gAIAQEAAT8QjVTsGmh1f//Z";

    fn decoded(text: &str) -> Vec<u8> {
        STANDARD.decode(text).unwrap()
    }

    /// Returns the image with another size in its header.
    fn claiming(text: &str, width: u16, height: u16) -> Vec<u8> {
        let mut data = decoded(text);
        let at = data.windows(2).position(|pair| matches!(pair, [0xff, 0xc0 | 0xc2])).unwrap();
        data[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
        data[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
        data
    }

    #[test]
    fn whole_jpeg_is_measured() {
        for text in [PLAIN, PROGRESSIVE] {
            assert_eq!(measure(&decoded(text)), Ok(Size { width: 24, height: 16 }));
        }
    }

    #[test]
    fn large_jpeg_is_refused_by_its_header() {
        for text in [PLAIN, PROGRESSIVE] {
            assert_eq!(measure(&claiming(text, 65_000, 65_000)), Err(Refusal::TooManyPixels));
        }
        assert_eq!(measure(&claiming(PROGRESSIVE, 6000, 6000)), Err(Refusal::TooMuchMemory));
        let cut_off = measure(&claiming(PLAIN, 6000, 6000));
        assert!(matches!(cut_off, Err(Refusal::Damaged(_))), "{cut_off:?}");
    }

    #[test]
    fn damaged_jpeg_is_refused() {
        for text in [PLAIN, PROGRESSIVE] {
            let whole = decoded(text);
            for bad in
                [&whole[..whole.len() - 12], &whole[..whole.len() / 2], &whole[..2], b"", b"\xff\xd8\xff"]
            {
                assert!(matches!(measure(bad), Err(Refusal::Damaged(_))), "{} bytes", bad.len());
            }
        }
    }
}
