//! PNG, JPEG, PGM and PPM files, told apart by their first bytes.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use lenet_model::picture::Picture;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;

/// No side may be longer, so that a small file cannot ask for all memory.
const LONGEST_SIDE: usize = 16_384;

/// Reads a file.
///
/// # Errors
/// Names the file and what is wrong with it.
pub fn read(path: &Path) -> anyhow::Result<Picture> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("{name}: cannot be read"))?;
    decode(&bytes).with_context(|| format!("{name}: not a picture that can be used"))
}

/// Decodes a file's contents.
///
/// # Errors
/// What is wrong with them.
pub fn decode(bytes: &[u8]) -> anyhow::Result<Picture> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => decode_png(bytes),
        [0xff, 0xd8, ..] => decode_jpeg(bytes),
        [b'P', b'5' | b'6', ..] => decode_pnm(bytes),
        [b'P', b'1'..=b'4', ..] => bail!("of the PNM formats, P5 and P6 are read"),
        _ => bail!("neither PNG, JPEG, PGM nor PPM (hint: convert it to PNG)"),
    }
}

/// From samples in [0, 1] of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels; what
/// is transparent shows white paper.
fn from_samples(
    samples: &[f32],
    channels: usize,
    width: usize,
    height: usize,
) -> anyhow::Result<Picture> {
    let pixel = |sample: &[f32]| match *sample {
        [y] => [y; 3],
        [y, alpha] => [over_white(y, alpha); 3],
        [r, g, b] => [r, g, b],
        [r, g, b, alpha, ..] => [r, g, b].map(|value| over_white(value, alpha)),
        [] => [0.0; 3],
    };
    let pixels = samples.chunks_exact(channels).map(pixel).collect();
    Picture::new(height, width, pixels).with_context(|| {
        format!("{width}×{height} pixels of {channels} channels: the data does not fit")
    })
}

fn over_white(value: f32, alpha: f32) -> f32 {
    value * alpha + (1.0 - alpha)
}

fn bytes_to_unit(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect()
}

fn decode_png(bytes: &[u8]) -> anyhow::Result<Picture> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    check_sides(width, height)?;
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| anyhow!("too large"))?;
    let mut data = vec![0; size];
    let frame = reader.next_frame(&mut data)?;
    data.truncate(frame.buffer_size());
    from_samples(
        &bytes_to_unit(&data),
        frame.color_type.samples(),
        width,
        height,
    )
}

fn decode_jpeg(bytes: &[u8]) -> anyhow::Result<Picture> {
    let options = options().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let data = decoder.decode().map_err(|error| anyhow!("{error}"))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| anyhow!("no size"))?;
    from_samples(&bytes_to_unit(&data), 3, width, height)
}

fn decode_pnm(bytes: &[u8]) -> anyhow::Result<Picture> {
    let mut decoder = zune_ppm::PPMDecoder::new_with_options(ZCursor::new(bytes), options());
    let data = decoder.decode().map_err(|error| anyhow!("{error:?}"))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| anyhow!("no size"))?;
    let channels = decoder
        .colorspace()
        .ok_or_else(|| anyhow!("no colours"))?
        .num_components();
    let samples = match data {
        zune_core::result::DecodingResult::U8(data) => bytes_to_unit(&data),
        zune_core::result::DecodingResult::U16(data) => data
            .iter()
            .map(|&value| f32::from(value) / 65_535.0)
            .collect(),
        _ => bail!("samples of 8 or 16 bits are read"),
    };
    from_samples(&samples, channels, width, height)
}

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(LONGEST_SIDE)
        .set_max_height(LONGEST_SIDE)
}

fn check_sides(width: usize, height: usize) -> anyhow::Result<()> {
    if width > LONGEST_SIDE || height > LONGEST_SIDE {
        bail!("{width}×{height} pixels: no side may be longer than {LONGEST_SIDE}");
    }
    Ok(())
}
