//! Uploaded images: their formats, and the checks that each passes before it is stored.

mod avif;
mod jpeg;
mod orientation;
mod png;
mod refusal;
mod svg;
mod uploads;
mod webp;

pub use refusal::Refusal;
pub(crate) use uploads::Uploads;

/// The most pixels of an image.
pub const PIXELS: u64 = 40_000_000;

/// The most memory that checking one image takes, in bytes.
const MEMORY: u64 = 64 * 1024 * 1024;

/// A format of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
    Avif,
    Svg,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::Webp, Self::Avif, Self::Svg];

    /// Returns the format of a `Content-Type`, whose parameters do not matter.
    #[must_use]
    pub fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next()?.trim();
        Self::ALL.into_iter().find(|format| format.content_type().eq_ignore_ascii_case(essence))
    }

    /// Returns the content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Svg => "image/svg+xml",
        }
    }

    /// Returns the ending of the image's name.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Svg => "svg",
        }
    }

    /// Checks an image and returns its size. Takes up to a second of one core.
    pub fn measure(self, data: &[u8]) -> Result<Size, Refusal> {
        match self {
            Self::Png => png::measure(data),
            Self::Jpeg => jpeg::measure(data),
            Self::Webp => webp::measure(data),
            Self::Avif => avif::measure(data),
            Self::Svg => svg::measure(data),
        }
    }
}

/// The size of an image in pixels: at least 1 × 1, and at most [`PIXELS`] in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    fn of(width: u32, height: u32) -> Result<Self, Refusal> {
        let size = Self { width, height };
        match size.pixels() {
            0 => Err(Refusal::damaged("no pixels")),
            pixels if pixels > PIXELS => Err(Refusal::TooManyPixels),
            _ => Ok(size),
        }
    }

    /// Returns the number of pixels.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Refuses an image whose check takes this number of bytes for every hundred pixels, if that is
    /// too much.
    fn afford(self, bytes_per_hundred: u64) -> Result<(), Refusal> {
        if self.pixels() * bytes_per_hundred / 100 > MEMORY { Err(Refusal::TooMuchMemory) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_type_names_the_format() {
        assert_eq!(Format::of("image/svg+xml; charset=utf-8"), Some(Format::Svg));
        assert_eq!(Format::of("IMAGE/PNG"), Some(Format::Png));
        for other in ["", "image/gif", "text/html", "image/png2", "application/json"] {
            assert_eq!(Format::of(other), None, "{other}");
        }
    }

    #[test]
    fn size_is_bounded_in_pixels() {
        assert!(Size::of(8000, 5000).is_ok());
        for (width, height) in [(0, 5), (5, 0), (8000, 5001), (u32::MAX, u32::MAX)] {
            assert!(Size::of(width, height).is_err(), "{width} x {height}");
        }
    }
}
