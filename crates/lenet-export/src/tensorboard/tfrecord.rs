//! TFRecord: the framing of event files.
//!
//! <https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details>

use std::io::{self, Write};

use crc::{CRC_32_ISCSI, Crc, Table};

/// CRC-32C, eight bytes a step.
const CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

/// Writes a record in one piece: its length, its bytes, and a checksum of each.
pub(super) fn write(out: &mut impl Write, data: &[u8]) -> io::Result<()> {
    let length = (data.len() as u64).to_le_bytes();
    let mut record = Vec::with_capacity(data.len() + 16);
    record.extend(length);
    record.extend(masked(&length).to_le_bytes());
    record.extend(data);
    record.extend(masked(data).to_le_bytes());
    out.write_all(&record)
}

/// A checksum that is unlikely to be that of bytes which hold checksums themselves.
fn masked(bytes: &[u8]) -> u32 {
    CRC.checksum(bytes)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests;
