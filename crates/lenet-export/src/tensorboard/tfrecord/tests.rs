//! The framing of a record.

use super::*;
use crate::tensorboard::tests::oracle;

#[test]
fn a_record_has_its_length_its_bytes_and_a_checksum_of_each() {
    let mut out = Vec::new();
    write(&mut out, b"lenet").unwrap();
    assert_eq!(out, oracle("record"));
    // The check value of CRC-32C: https://reveng.sourceforge.io/crc-catalogue/17plus.htm
    assert_eq!(CRC.checksum(b"123456789"), 0xe306_9283);
}
