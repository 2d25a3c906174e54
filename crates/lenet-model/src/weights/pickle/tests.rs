//! Descriptions of tensors that torch.save would not write.

use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;

/// An archive with a description of so many bytes: tuples within tuples, a byte for each level.
fn nested(bytes: u64) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("archive/data.pkl", options).unwrap();
    let mut description = b"\x80\x02)".to_vec();
    description.resize(bytes as usize - 1, 0x85);
    description.push(b'.');
    archive.write_all(&description).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn descriptions_are_read_up_to_their_longest() {
    let folder = tempfile::tempdir().unwrap();
    for (bytes, expected) in [
        (MOST_BYTES - 1, "holds no state_dict"),
        (MOST_BYTES, "holds no state_dict"),
        (MOST_BYTES + 1, "has 262145 bytes, and at most 262144"),
    ] {
        let path = folder.path().join("nested.pt");
        let archive = nested(bytes);
        assert!(is_torch(&archive));
        std::fs::write(&path, &archive).unwrap();
        let error = to_safetensors(&path, &archive).unwrap_err().to_string();
        assert!(error.contains(expected), "{bytes}: {error}");
    }
}

#[test]
fn other_archives_are_not_taken_for_it() {
    assert!(!is_torch(b"PK\x03\x04"));
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("a.npy", SimpleFileOptions::default())
        .unwrap();
    assert!(!is_torch(&archive.finish().unwrap().into_inner()));
}
