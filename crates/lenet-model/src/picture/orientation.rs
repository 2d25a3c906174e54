//! Which way up a picture is, as its EXIF entry says.

/// The orientation, 1 to 8, of an EXIF block (a TIFF header and what follows); `None` where the block
/// names none. Telephones and cameras store a picture as the sensor saw it and write here how to
/// turn it (EXIF 2.3, tag 0x0112).
pub(super) fn orientation(exif: &[u8]) -> Option<u8> {
    // JPEG puts a name before the block.
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let long = |at: usize| -> Option<usize> {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let value = if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        usize::try_from(value).ok()
    };
    let directory = long(4)?;
    let entries = usize::from(short(directory)?);
    for entry in 0..entries {
        let at = directory.checked_add(2 + 12 * entry)?;
        if short(at)? == 0x0112 {
            let value = u8::try_from(short(at.checked_add(8)?)?).ok()?;
            return (1..=8).contains(&value).then_some(value);
        }
    }
    None
}

/// Turns pixels that are stored with this orientation the right way up: `[height, width]` and the
/// pixels, row by row.
pub(super) fn upright<P: Copy>(
    [height, width]: [usize; 2],
    pixels: Vec<P>,
    orientation: u8,
) -> ([usize; 2], Vec<P>) {
    let turned = orientation >= 5;
    let size = if turned {
        [width, height]
    } else {
        [height, width]
    };
    if orientation <= 1 || orientation > 8 || pixels.len() != height * width {
        return ([height, width], pixels);
    }
    let mut out = Vec::with_capacity(pixels.len());
    for row in 0..size[0] {
        for column in 0..size[1] {
            // Where the pixel that belongs here is stored.
            let (y, x) = match orientation {
                2 => (row, width - 1 - column),
                3 => (height - 1 - row, width - 1 - column),
                4 => (height - 1 - row, column),
                5 => (column, row),
                6 => (height - 1 - column, row),
                7 => (height - 1 - column, width - 1 - row),
                _ => (column, width - 1 - row),
            };
            out.push(pixels[y * width + x]);
        }
    }
    (size, out)
}

#[cfg(test)]
mod tests;
