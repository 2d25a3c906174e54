//! PNG, JPEG, PGM and PPM files, told apart by their first bytes.

use std::io::Cursor;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_core::result::DecodingResult;
use zune_jpeg::JpegDecoder;
use zune_ppm::PPMDecoder;

use super::Picture;

/// No side may be longer, so that a small file cannot ask for all memory.
const LONGEST_SIDE: usize = 16_384;

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
    /// Decodes the contents of a PNG, JPEG, PGM (`P5`) or PPM (`P6`) file. Transparent pixels show
    /// white paper. With feature `decode`.
    ///
    /// # Errors
    /// [`DecodeError`]: another format, broken contents, or a side longer than 16,384 pixels.
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
    if width > LONGEST_SIDE || height > LONGEST_SIDE {
        return Err(DecodeError::Sides { width, height });
    }
    let size = reader.output_buffer_size();
    let mut data = vec![0; size.ok_or_else(|| DecodeError::broken("too large"))?];
    let frame = reader.next_frame(&mut data).map_err(DecodeError::broken)?;
    data.truncate(frame.buffer_size());
    from_samples(to_unit(&data), frame.color_type.samples(), [height, width])
}

fn decode_jpeg(bytes: &[u8]) -> Result<Picture, DecodeError> {
    let options = options().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let data = decoder.decode().map_err(DecodeError::broken)?;
    from_samples(to_unit(&data), 3, sides(decoder.dimensions())?)
}

fn decode_pnm(bytes: &[u8]) -> Result<Picture, DecodeError> {
    let mut decoder = PPMDecoder::new_with_options(ZCursor::new(bytes), options());
    let data = decoder
        .decode()
        .map_err(|error| DecodeError::broken(format!("{error:?}")))?;
    let colours = decoder
        .colorspace()
        .ok_or_else(|| DecodeError::broken("no colours"))?;
    let samples = match data {
        DecodingResult::U8(data) => to_unit(&data),
        DecodingResult::U16(data) => {
            let values = data.iter();
            values.map(|&value| f32::from(value) / 65_535.0).collect()
        }
        _ => return Err(DecodeError::broken("samples of 8 or 16 bits are read")),
    };
    from_samples(
        samples,
        colours.num_components(),
        sides(decoder.dimensions())?,
    )
}

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(LONGEST_SIDE)
        .set_max_height(LONGEST_SIDE)
}

/// `[height, width]` from a decoder's `(width, height)`.
fn sides(dimensions: Option<(usize, usize)>) -> Result<[usize; 2], DecodeError> {
    let (width, height) = dimensions.ok_or_else(|| DecodeError::broken("no size"))?;
    Ok([height, width])
}

fn to_unit(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect()
}

/// From samples in [0, 1] of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels.
fn from_samples(
    samples: Vec<f32>,
    channels: usize,
    [height, width]: [usize; 2],
) -> Result<Picture, DecodeError> {
    let over_white = |value: f32, alpha: f32| value * alpha + (1.0 - alpha);
    let pixel = |sample: &[f32]| match *sample {
        [y] => [y; 3],
        [y, alpha] => [over_white(y, alpha); 3],
        [r, g, b] => [r, g, b],
        [r, g, b, alpha, ..] => [r, g, b].map(|value| over_white(value, alpha)),
        [] => [0.0; 3],
    };
    let pixels = samples.chunks_exact(channels).map(pixel).collect();
    Picture::new(height, width, pixels).ok_or_else(|| {
        DecodeError::broken(format!(
            "{width}×{height} pixels of {channels} channels: the data does not fit"
        ))
    })
}

#[cfg(test)]
mod tests;
