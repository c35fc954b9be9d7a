//! Errors of pictures, and the limits behind them.

use thiserror::Error as ThisError;

/// Largest picture file in bytes.
pub const MAX_FILE_BYTES: usize = 256 << 20;

/// Maximum pixels of a picture: more than any phone camera takes in its default mode. A JPEG of up
/// to four times as many is decoded at half its size.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Longest side in pixels. It bounds the weights of a resize.
pub const MAX_SIDE: usize = 1 << 20;

/// Maximum bytes that decoding may hold at once beside the file: the samples as stored, and the
/// decoder's working memory.
///
/// | | Bytes a pixel | At [`MAX_PIXELS`] |
/// |---|---|---|
/// | PNG, GIF, BMP: the samples, grey to RGBA | 1 to 4 | 100 to 400 MB |
/// | the same with 16 bits a channel | 2 to 8 | 200 to 800 MB, refused beyond the bound |
/// | JPEG: RGB samples and the planes they come from | 3 + 3 | 600 MB |
/// | progressive JPEG: the same and two bytes a coefficient | 3 + 3 + 6 | decoded at half its size |
/// | TIFF, WebP: the samples and a copy | 2 to 8 | 200 to 800 MB, refused beyond the bound |
///
/// A decoded picture holds one to four bytes a pixel, as many as its file has channels.
/// [`Picture::prepare`](super::Picture::prepare) turns it upright and applies alpha a row at a
/// time. It holds 16 bytes for each pixel of the network's input, and a row of the picture.
pub const MAX_DECODER_BYTES: u64 = 640 << 20;

/// The message for data that break their format's rules. Decoders' own messages are for
/// programmers.
pub(super) const WRONG_DATA: &str = "its data are inconsistent";

/// Why a picture cannot be used.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ImageError {
    /// No bytes at all.
    #[error("The file is empty; choose another picture.")]
    Empty,
    /// More bytes than [`MAX_FILE_BYTES`].
    #[error("The file has {} MB, more than the {} MB allowed; choose a smaller one.",
        .0 / 1_000_000, MAX_FILE_BYTES / 1_000_000)]
    FileTooLarge(usize),
    /// Bytes of no known picture format.
    #[error("This file is not a picture; choose a JPEG, PNG, WebP, GIF, BMP or TIFF file.")]
    NotAPicture,
    /// A web page that was saved instead of a picture.
    #[error("This file is a web page, not a picture; open it and save the picture itself.")]
    WebPage,
    /// A picture in a format, or a variant of one, that no decoder here reads.
    #[error("Pictures of this kind ({0}) cannot be read; save it as JPEG or PNG and try again.")]
    Unsupported(String),
    /// More pixels than [`MAX_PIXELS`], or more memory than [`MAX_DECODER_BYTES`].
    #[error("The picture has {width} × {height} pixels, too many to hold; make it smaller first.")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// A picture cut short or damaged.
    #[error("The picture is cut short or damaged ({0}); fetch or save it again.")]
    Damaged(String),
    /// A number of bytes that does not match the size in pixels.
    #[error("{bytes} bytes are not {width} × {height} pixels of {channels} bytes; pass them all.")]
    WrongLength {
        /// Bytes given.
        bytes: usize,
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
        /// Bytes of a pixel.
        channels: usize,
    },
}

/// Refuses pictures without pixels, or with too many.
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), ImageError> {
    if width == 0 || height == 0 {
        return Err(ImageError::Damaged("it has no pixels".to_owned()));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width.max(height) as usize > MAX_SIDE {
        return Err(ImageError::TooManyPixels { width, height });
    }
    Ok(())
}
