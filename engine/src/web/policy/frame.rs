//! A frame from a camera.

use crate::image::{ImageError, Picture};

/// Most pixels a side. No model's input has more, and larger frames would be slow to send.
const MAX_SIDE: u32 = 1024;

/// The picture in a square frame of RGBA `[side, side, 4]`. Cameras have no transparency, so alpha is
/// dropped.
///
/// # Errors
/// [`ImageError::TooManyPixels`], [`ImageError::WrongLength`], or [`ImageError::Damaged`] if there are
/// no pixels.
pub fn picture(side: u32, rgba: &[u8]) -> Result<Picture, ImageError> {
    if side > MAX_SIDE {
        return Err(ImageError::TooManyPixels {
            width: side,
            height: side,
        });
    }
    let side = side as usize;
    let (pixels, rest) = rgba.as_chunks::<4>();
    if pixels.len() != side * side || !rest.is_empty() {
        return Err(ImageError::WrongLength {
            bytes: rgba.len(),
            width: side,
            height: side,
            channels: 4,
        });
    }
    let rgb = pixels
        .iter()
        .flat_map(|[red, green, blue, _]| [*red, *green, *blue]);
    Picture::from_rgb(side, side, rgb.collect())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::image::{Preprocessing, Resize};

    #[test]
    fn a_frame_keeps_its_colours() {
        let rgba: Vec<u8> = (0..16).collect();
        let keep = Preprocessing {
            resize: Resize::Keep,
            ..Preprocessing::default()
        };
        let levels = picture(2, &rgba).map(|picture| picture.levels(2, &keep));
        let expected = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14];
        assert_eq!(levels.expect("it is whole"), expected);
    }

    #[test]
    fn other_lengths_are_refused() {
        for bytes in [0, 12, 15, 17, 20] {
            let refused = picture(2, &vec![0; bytes]).err();
            assert!(
                matches!(refused, Some(ImageError::WrongLength { bytes: found, .. }) if found == bytes),
                "{bytes} bytes give {refused:?}"
            );
        }
    }

    #[test]
    fn frames_without_pixels_or_with_too_many_are_refused() {
        assert!(matches!(picture(0, &[]), Err(ImageError::Damaged(_))));
        let large = picture(MAX_SIDE + 1, &[]);
        assert!(matches!(large, Err(ImageError::TooManyPixels { .. })));
        let largest = vec![0; (MAX_SIDE * MAX_SIDE * 4) as usize];
        assert!(picture(MAX_SIDE, &largest).is_ok());
    }
}
