//! Files and headers at their longest.

use super::*;

#[test]
fn files_are_read_up_to_their_longest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.bin");
    let file = File::create(&path).unwrap();
    let most = LARGEST_FILE as u64;
    for (length, is_too_long) in [(most - 1, false), (most, false), (most + 1, true)] {
        // A hole of zeros: no predictions, of whatever length.
        file.set_len(length).unwrap();
        let told = read(&path, "0123456789abcdef").unwrap_err().to_string();
        assert_eq!(told.contains("longer than 67108864"), is_too_long, "{told}");
    }
}

#[test]
fn headers_are_read_up_to_their_longest() {
    for (length, is_too_long) in [(4095, false), (4096, false), (4097, true)] {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(PREDICTIONS_FORMAT.to_le_bytes());
        bytes.extend((length as u32).to_le_bytes());
        bytes.extend(vec![b' '; length]);
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        let told = parse(&bytes).unwrap_err();
        assert_eq!(
            told.contains("cannot have"),
            is_too_long,
            "{length}: {told}"
        );
    }
}
