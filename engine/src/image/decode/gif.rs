//! The first frame of a GIF, drawn on its screen, as Pillow opens it.

use gif::{ColorOutput, DecodeOptions, DecodingError};
use image::metadata::Orientation;

use super::averaged_channels::AveragedChannels;
use crate::image::error::{ImageError, WRONG_DATA, check_size};
use crate::image::samples::{Content, Layout, Samples};

pub(super) fn decode(bytes: &[u8]) -> Result<(Samples, AveragedChannels), ImageError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let mut decoder = options.read_info(bytes).map_err(refused)?;
    let screen = [decoder.width(), decoder.height()].map(usize::from);
    decoder.next_frame_info().map_err(refused)?;
    let frame = decoder.current_frame_info();
    let frame = frame.ok_or_else(|| ImageError::Damaged("it has no frame".to_owned()))?;
    let [left, top] = [frame.left, frame.top].map(usize::from);
    let [across, down] = [frame.width, frame.height].map(usize::from);
    check_size(across as u32, down as u32)?;
    // A frame that reaches beyond the screen enlarges it.
    let (width, height) = (screen[0].max(left + across), screen[1].max(top + down));
    check_size(width as u32, height as u32)?;
    let transparent = frame.transparent;
    let colors = frame.palette.as_deref().or(decoder.global_palette());
    let averaged = averaged(colors.unwrap_or_default());
    let palette = palette(colors.unwrap_or_default());
    let mut indices = vec![0; across * down];
    decoder.read_into_buffer(&mut indices).map_err(refused)?;

    let layout = match transparent {
        Some(_) => Layout::Rgba,
        None => Layout::Rgb,
    };
    let pixel = |index: u8| {
        let [red, green, blue] = palette[usize::from(index)];
        let alpha = if transparent == Some(index) { 0 } else { 255 };
        [red, green, blue, alpha]
    };
    let channels = layout.channels();
    let around = pixel(transparent.unwrap_or(0));
    let mut samples = around[..channels].repeat(width * height);
    for (y, row) in indices.chunks_exact(across).enumerate() {
        let start = ((top + y) * width + left) * channels;
        let row_of_screen = samples[start..].chunks_exact_mut(channels);
        for (of_screen, index) in row_of_screen.zip(row) {
            of_screen.copy_from_slice(&pixel(*index)[..channels]);
        }
    }
    let samples = Samples {
        layout,
        stored: (width, height),
        content: Content::Pixels(samples),
        orientation: Orientation::NoTransforms,
    };
    Ok((samples, averaged))
}

/// The 256 colours of a palette. A missing one is the grey of its index.
fn palette(colors: &[u8]) -> [[u8; 3]; 256] {
    let mut palette: [[u8; 3]; 256] = std::array::from_fn(|level| [level as u8; 3]);
    for (entry, color) in palette.iter_mut().zip(colors.chunks_exact(3)) {
        entry.copy_from_slice(color);
    }
    palette
}

/// Pillow opens a picture whose palette is a ramp of grey as a grey picture.
fn averaged(colors: &[u8]) -> AveragedChannels {
    let ramp = (0..=255)
        .zip(colors.chunks_exact(3))
        .all(|(level, color)| color == [level; 3]);
    match ramp {
        true => AveragedChannels::Colors,
        false => AveragedChannels::Nothing,
    }
}

fn refused(error: DecodingError) -> ImageError {
    let problem = match error {
        DecodingError::UnexpectedEof => "its end is missing",
        _ => WRONG_DATA,
    };
    ImageError::Damaged(problem.to_owned())
}
