//! PNG, JPEG, PGM and PPM files, told apart by their first bytes.

use std::io::Cursor;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_core::result::DecodingResult;
use zune_jpeg::JpegDecoder;
use zune_ppm::PPMDecoder;

use super::Picture;
use super::alpha::on_ground;
use super::orientation::{orientation, upright};

/// No side may be longer, and no picture larger, so that a small file cannot ask for all memory: a
/// picture of as many pixels takes 800 MB while it is read.
const LONGEST_SIDE: usize = 16_384;
const MOST_PIXELS: usize = 1 << 26;

/// Why a file's contents give no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The contents begin as no known format does.
    #[error("neither PNG, JPEG, PGM nor PPM (hint: convert it to PNG)")]
    Format,
    /// The contents are PNM, but not one of its two binary formats PGM and PPM.
    #[error("of the PNM formats, P5 and P6 are read")]
    Pnm,
    /// A PNG picture is too wide or too high.
    #[error("{width}×{height} pixels: no side may be longer than {LONGEST_SIDE}")]
    Sides {
        /// Columns of the picture.
        width: usize,
        /// Rows of the picture.
        height: usize,
    },
    /// A picture has too many pixels.
    #[error(
        "{width}×{height} pixels: at most {MOST_PIXELS} are read (hint: scale it down; a digit needs no \
         more than 300×300)"
    )]
    Pixels {
        /// Columns of the picture.
        width: usize,
        /// Rows of the picture.
        height: usize,
    },
    /// The contents break the rules of their format, or a side of a JPEG or PNM picture is longer
    /// than 16,384 pixels.
    #[error("{reason}")]
    Broken {
        /// What the decoder says.
        reason: String,
    },
}

impl DecodeError {
    fn broken(reason: impl ToString) -> Self {
        let reason = reason.to_string();
        Self::Broken { reason }
    }
}

impl Picture {
    /// Decodes the contents of a PNG, JPEG, PGM (`P5`) or PPM (`P6`) file, and turns it the way up
    /// that an EXIF entry says. Where much is transparent, the ground is white under dark ink and
    /// black under light ink. With feature `decode`.
    ///
    /// # Errors
    /// [`DecodeError`]: another format, broken contents, a side longer than 16,384 pixels, or more
    /// than 2²⁶ (67 million) pixels. Sizes are checked before anything is decoded.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes {
            [0x89, b'P', b'N', b'G', ..] => decode_png(bytes),
            [0xff, 0xd8, ..] => decode_jpeg(bytes),
            [b'P', b'5' | b'6', ..] => decode_pnm(bytes),
            [b'P', b'1'..=b'4', ..] => Err(DecodeError::Pnm),
            _ => Err(DecodeError::Format),
        }
    }
}

fn decode_png(bytes: &[u8]) -> Result<Picture, DecodeError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(DecodeError::broken)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    check_size([height, width])?;
    let size = reader.output_buffer_size();
    let mut data = vec![0; size.ok_or_else(|| DecodeError::broken("too large"))?];
    let frame = reader.next_frame(&mut data).map_err(DecodeError::broken)?;
    data.truncate(frame.buffer_size());
    let channels = frame.color_type.samples();
    // The entry may stand behind the pixels; what is broken there does not matter.
    let _ = reader.finish();
    let exif = reader.info().exif_metadata.as_deref();
    let upright = exif.and_then(orientation);
    from_samples(
        &data,
        |byte| f32::from(byte) / 255.0,
        channels,
        [height, width],
        upright,
    )
}

fn check_size([height, width]: [usize; 2]) -> Result<(), DecodeError> {
    if width > LONGEST_SIDE || height > LONGEST_SIDE {
        return Err(DecodeError::Sides { width, height });
    }
    if width * height > MOST_PIXELS {
        return Err(DecodeError::Pixels { width, height });
    }
    Ok(())
}

fn decode_jpeg(bytes: &[u8]) -> Result<Picture, DecodeError> {
    let options = options().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(DecodeError::broken)?;
    let size = sides(decoder.dimensions())?;
    let data = decoder.decode().map_err(DecodeError::broken)?;
    let upright = decoder.exif().and_then(|exif| orientation(exif));
    from_samples(&data, |byte| f32::from(byte) / 255.0, 3, size, upright)
}

fn decode_pnm(bytes: &[u8]) -> Result<Picture, DecodeError> {
    let mut decoder = PPMDecoder::new_with_options(ZCursor::new(bytes), options());
    let broken = |error| DecodeError::broken(format!("{error:?}"));
    decoder.decode_headers().map_err(broken)?;
    let size = sides(decoder.dimensions())?;
    let data = decoder.decode().map_err(broken)?;
    let colours = decoder
        .colorspace()
        .ok_or_else(|| DecodeError::broken("no colours"))?;
    let channels = colours.num_components();
    match data {
        DecodingResult::U8(data) => {
            from_samples(&data, |byte| f32::from(byte) / 255.0, channels, size, None)
        }
        DecodingResult::U16(data) => from_samples(
            &data,
            |value| f32::from(value) / 65_535.0,
            channels,
            size,
            None,
        ),
        _ => Err(DecodeError::broken("samples of 8 or 16 bits are read")),
    }
}

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(LONGEST_SIDE)
        .set_max_height(LONGEST_SIDE)
}

/// `[height, width]` from a decoder's `(width, height)`, if they are not too large.
fn sides(dimensions: Option<(usize, usize)>) -> Result<[usize; 2], DecodeError> {
    let (width, height) = dimensions.ok_or_else(|| DecodeError::broken("no size"))?;
    check_size([height, width])?;
    Ok([height, width])
}

/// From samples of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels, which `unit` brings to
/// [0, 1], and the orientation of an EXIF entry.
fn from_samples<T: Copy>(
    samples: &[T],
    unit: impl Fn(T) -> f32 + Copy,
    channels: usize,
    size: [usize; 2],
    orientation: Option<u8>,
) -> Result<Picture, DecodeError> {
    let [height, width] = size;
    let each = samples.chunks_exact(channels);
    let pixels: Vec<[f32; 3]> = match channels {
        1 => each.map(|sample| [unit(sample[0]); 3]).collect(),
        3 => each
            .map(|sample| [0, 1, 2].map(|colour| unit(sample[colour])))
            .collect(),
        2 => on_ground(each.map(|sample| {
            let grey = unit(sample[0]);
            [grey, grey, grey, unit(sample[1])]
        })),
        4 => on_ground(each.map(|sample| [0, 1, 2, 3].map(|channel| unit(sample[channel])))),
        _ => return Err(DecodeError::broken(format!("{channels} channels"))),
    };
    let misfit = || {
        DecodeError::broken(format!(
            "{width}×{height} pixels of {channels} channels: the data does not fit"
        ))
    };
    if pixels.len() != height * width {
        return Err(misfit());
    }
    let ([height, width], pixels) = upright(size, pixels, orientation.unwrap_or(1));
    Picture::new(height, width, pixels).ok_or_else(misfit)
}

#[cfg(test)]
mod tests;
