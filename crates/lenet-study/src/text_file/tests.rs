//! Texts at the limits, and what is no text.

use super::*;

#[test]
fn what_is_no_text_is_told_with_its_place() {
    let long = MOST_TEXT_BYTES as usize;
    struct Case {
        bytes: Vec<u8>,
        expected: Result<usize, &'static str>,
    }
    let cases = [
        Case {
            bytes: b"a = 1\r\n".to_vec(),
            expected: Ok(7),
        },
        Case {
            bytes: b"\xef\xbb\xbfa".to_vec(),
            expected: Ok(1),
        },
        Case {
            bytes: b"a\nb\xe9c".to_vec(),
            expected: Err("it is not UTF-8: byte 3, in line 2, is 0xe9"),
        },
        Case {
            bytes: b"\xff\xfea\0".to_vec(),
            expected: Err("it is UTF-16"),
        },
        Case {
            bytes: vec![b' '; long],
            expected: Ok(long),
        },
        Case {
            bytes: vec![b' '; long + 1],
            expected: Err("it has more than 16777216 bytes"),
        },
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let mut wrong = Vec::new();
    for Case { bytes, expected } in cases {
        fs::write(&file, &bytes).unwrap();
        let found = read_text(&file).map(|text| text.len());
        let right = match (&found, expected) {
            (Ok(length), Ok(expected)) => *length == expected,
            (Err(reason), Err(expected)) => reason.starts_with(expected),
            _ => false,
        };
        if !right {
            wrong.push(format!("{found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn folders_and_devices_are_no_texts() {
    let folder = tempfile::tempdir().unwrap();
    let told = |path: &Path| read_text(path).unwrap_err();
    assert!(told(folder.path()).contains("folder"));
    assert!(told(&folder.path().join("absent")).contains("No such file"));
    assert!(told(Path::new("/dev/zero")).contains("more than"));
}
