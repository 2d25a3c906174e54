//! Codes at their bounds, the golden file of format 1, and damage of every kind.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::*;
use crate::error::StoreError;

const GOLDEN: &[u8] = include_bytes!("golden/predictions-1.bin");
const IDENTITY: &str = "0123456789abcdef";

#[derive(Deserialize)]
struct Said {
    class: usize,
    confidence: f64,
}

impl From<&Said> for Prediction {
    fn from(said: &Said) -> Self {
        Self {
            class: said.class,
            confidence: said.confidence,
        }
    }
}

/// What the golden file means, as `golden/make.py` wrote it.
#[derive(Deserialize)]
struct Meaning {
    identity: String,
    classes: usize,
    labels: Vec<u8>,
    said: Vec<Said>,
    read: Vec<Said>,
    shape: [usize; 4],
    weights: Vec<f32>,
    correct: usize,
}

fn meaning() -> Meaning {
    serde_json::from_str(include_str!("golden/predictions-1.json")).unwrap()
}

fn none() -> Kernels {
    Kernels {
        shape: [0; 4],
        values: Vec::new(),
    }
}

fn read_bytes(bytes: &[u8]) -> Result<Predictions, StoreError> {
    file::from_bytes(bytes, Path::new("predictions.bin"))
}

#[test]
fn the_golden_file_of_format_1_is_read_and_written_alike() {
    let meaning = meaning();
    let read = read_bytes(GOLDEN).unwrap();
    assert_eq!(read.identity(), meaning.identity);
    assert_eq!((read.classes(), read.len()), (meaning.classes, 12));
    let said: Vec<Prediction> = meaning.read.iter().map(Into::into).collect();
    assert_eq!(read.iter().collect::<Vec<_>>(), said);
    assert_eq!((read.get(11), read.get(12)), (Some(said[11]), None));
    assert_eq!(read.kernels().shape, meaning.shape);
    assert_eq!(read.kernels().values, meaning.weights);
    assert!(read.is_of(&meaning.labels));
    assert_eq!(read.correct(&meaning.labels), meaning.correct);

    let said: Vec<Prediction> = meaning.said.iter().map(Into::into).collect();
    let kernels = Kernels {
        shape: meaning.shape,
        values: meaning.weights,
    };
    let made =
        Predictions::new(IDENTITY, meaning.classes, &meaning.labels, &said, kernels).unwrap();
    assert_eq!(made, read);
    assert_eq!(to_bytes(&made), GOLDEN);
}

struct Code {
    classes: usize,
    class: usize,
    confidence: f64,
    /// `None`: refused.
    code: Option<u16>,
}

/// Codes by hand: steps are 65536 / classes, rounded down.
#[test]
fn codes_at_their_bounds() {
    let code = |classes, class, confidence, code| Code {
        classes,
        class,
        confidence,
        code,
    };
    let cases = [
        code(10, 0, 0.0, Some(0)),
        code(10, 0, 1.0, Some(6552)),
        code(10, 1, 0.0, Some(6553)),
        code(10, 3, 0.5, Some(22935)),
        code(10, 9, 0.0, Some(58977)),
        code(10, 9, 1.0, Some(65529)),
        // Half a step, 1/13104, and a little less or more.
        code(10, 0, 0.000_076_30, Some(0)),
        code(10, 0, 0.000_076_32, Some(1)),
        code(10, 0, 0.999_923_6, Some(6551)),
        code(10, 0, 0.999_923_7, Some(6552)),
        code(1, 0, 1.0, Some(65535)),
        code(2, 1, 0.5, Some(49152)),
        code(2, 1, 1.0, Some(65535)),
        code(3, 2, 1.0, Some(65534)),
        code(256, 0, 1.0, Some(255)),
        code(256, 255, 0.0, Some(65280)),
        code(256, 255, 1.0, Some(65535)),
        // The least that the largest of 256 probabilities can be.
        code(256, 7, 1.0 / 256.0, Some(1793)),
        code(10, 10, 0.5, None),
        code(10, usize::MAX, 0.5, None),
        code(10, 0, -1e-12, None),
        code(10, 0, 1.000_000_1, None),
        code(10, 0, f64::NAN, None),
        code(10, 0, f64::INFINITY, None),
    ];
    let mut wrong = Vec::new();
    for Code {
        classes,
        class,
        confidence,
        code,
    } in cases
    {
        let said = Prediction { class, confidence };
        let found = encode(said, classes);
        let mut fits = found == code;
        if let Some(found) = found {
            let back = decode(found, classes);
            let bound = 0.5 / (steps(classes) - 1) as f64 + 1e-12;
            fits &= back.class == class && (back.confidence - confidence).abs() <= bound;
            fits &= encode(back, classes) == Some(found);
        }
        if !fits {
            wrong.push(format!(
                "{classes} classes, {said:?}: {found:?}, not {code:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_comes_back() {
    for classes in [1, 2, 3, 7, 10, 26, 47, 62, 100, 255, 256] {
        for code in 0..classes * steps(classes) {
            let code = u16::try_from(code).unwrap();
            assert_eq!(
                encode(decode(code, classes), classes),
                Some(code),
                "{classes}"
            );
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let sure = Prediction {
        class: 1,
        confidence: 1.0,
    };
    let make = |classes, labels: &[u8], said: &[Prediction], kernels| {
        let made = Predictions::new(IDENTITY, classes, labels, said, kernels);
        made.map(|_| ()).unwrap_err().to_string()
    };
    let short = Kernels {
        shape: [2, 1, 3, 3],
        values: vec![0.0; 17],
    };
    let endless = Kernels {
        shape: [usize::MAX, 2, 1, 1],
        values: Vec::new(),
    };
    // What 64 MiB have room for beside 16 + 4096 + 32 bytes, and one weight more.
    let zeros = |number| Kernels {
        shape: [number, 1, 1, 1],
        values: vec![0.0; number],
    };
    assert!(Predictions::new(IDENTITY, 2, &[], &[], zeros(16_776_180)).is_ok());
    let large = zeros(16_776_181);
    let cases = [
        (make(0, &[], &[], none()), "1 to 256 classes, not for 0"),
        (make(257, &[], &[], none()), "1 to 256 classes, not for 257"),
        (
            make(2, &[1], &[], none()),
            "0 predictions do not belong to 1 labels",
        ),
        (
            make(1, &[0], &[sure], none()),
            "image 0: class 1 of 1 with confidence 1",
        ),
        (
            make(2, &[1], &[sure], short),
            "17 weights do not fill kernels of shape [2, 1, 3, 3]",
        ),
        (make(2, &[1], &[sure], endless), "0 weights do not fill"),
        (
            make(2, &[1, 1], &[sure; 2], large),
            "2 images make a file of 67108872 bytes, more than the 67108864 that are read",
        ),
    ];
    for (error, words) in cases {
        assert!(error.contains(words), "{error} / {words}");
    }
}

#[test]
fn an_image_without_an_answer_is_never_correct() {
    let said =
        [(0, 0.0), (0, 0.6), (1, 0.6)].map(|(class, confidence)| Prediction { class, confidence });
    let made = Predictions::new(IDENTITY, 2, &[0, 0, 0], &said, none()).unwrap();
    assert_eq!(made.correct(&[0, 0, 0]), 1);
    assert_eq!(made.correct(&[1, 1, 1]), 1);
    assert!(made.is_of(&[0, 0, 0]));
    assert!(!made.is_of(&[0, 0, 1]) && !made.is_of(&[0, 0]) && !made.is_of(&[0, 0, 0, 0]));
}

#[test]
fn kernels_are_equal_if_every_bit_is() {
    let kernels = |shape, values: &[f32]| Kernels {
        shape,
        values: values.to_vec(),
    };
    let first = kernels([2, 1, 1, 1], &[0.0, f32::NAN]);
    assert_eq!(first, first.clone());
    assert_ne!(first, kernels([1, 2, 1, 1], &[0.0, f32::NAN]));
    assert_ne!(first, kernels([2, 1, 1, 1], &[-0.0, f32::NAN]));
    assert_ne!(first, kernels([2, 1, 1, 1], &[0.0]));
    let made = |labels: &[u8]| {
        let said = vec![
            Prediction {
                class: 0,
                confidence: 0.5
            };
            labels.len()
        ];
        Predictions::new(IDENTITY, 2, labels, &said, none()).unwrap()
    };
    assert!(made(&[]).is_empty() && !made(&[1]).is_empty());
}

#[test]
fn any_cut_flipped_bit_or_added_byte_is_noticed() {
    let refused = |bytes: &[u8], what: &str| match read_bytes(bytes) {
        Err(StoreError::Predictions { .. } | StoreError::Newer { .. }) => {}
        other => panic!("{what}: {other:?}"),
    };
    for length in 0..GOLDEN.len() {
        refused(&GOLDEN[..length], &format!("cut to {length}"));
    }
    for at in 0..GOLDEN.len() {
        for bit in 0..8 {
            let mut altered = GOLDEN.to_vec();
            altered[at] ^= 1 << bit;
            refused(&altered, &format!("bit {bit} of byte {at}"));
        }
    }
    refused(&[GOLDEN, &[0]].concat(), "one byte more");
}

/// The golden file with another header and other codes, and a digest that fits.
fn resealed(header: &str, codes: &[u16], length: Option<u32>) -> Vec<u8> {
    let mut bytes = b"LENETPRD\x01\0\0\0".to_vec();
    let length = length.unwrap_or(u32::try_from(header.len()).unwrap());
    bytes.extend(length.to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(codes.iter().flat_map(|code| code.to_le_bytes()));
    let digest = Sha256::digest(&bytes);
    bytes.extend(digest);
    bytes
}

#[test]
fn a_header_that_lies_is_refused() {
    let header = |classes: usize, images: usize, kernels: &str| {
        format!(
            r#"{{"identity":"{IDENTITY}","classes":{classes},"images":{images},"labels":"","kernels":{kernels}}}"#
        )
    };
    let fits = header(10, 1, "[0,1,3,3]");
    assert_eq!(
        read_bytes(&resealed(&fits, &[65529], None)).unwrap().len(),
        1
    );
    let huge = format!("[{0},{0},1,1]", u64::from(u32::MAX) << 10);
    let cases = [
        (
            resealed(&fits, &[65530], None),
            "image 0 has a class beyond 10",
        ),
        (resealed(&fits, &[0, 0], None), "do not fill 4 bytes"),
        (resealed(&fits, &[], None), "do not fill 0 bytes"),
        (
            resealed(&header(0, 1, "[0,1,3,3]"), &[0], None),
            "0 classes",
        ),
        (
            resealed(&header(257, 1, "[0,1,3,3]"), &[0], None),
            "257 classes",
        ),
        (
            resealed(&header(10, usize::MAX, "[0,1,3,3]"), &[0], None),
            "more than memory",
        ),
        (
            resealed(&header(10, 1, &huge), &[0], None),
            "more than memory",
        ),
        (
            resealed(&header(10, 1, "[0,1,3]"), &[0], None),
            "invalid length",
        ),
        (resealed(&fits, &[0], Some(5000)), "cannot have 5000 bytes"),
        (
            resealed(&fits, &[0], Some(u32::MAX)),
            "cannot have 4294967295 bytes",
        ),
        (resealed("{}", &[], None), "missing field"),
        (resealed("", &[], None), "EOF"),
        (
            resealed(
                &fits.replace("\"labels\"", "\"x\":1,\"labels\""),
                &[0],
                None,
            ),
            "unknown field",
        ),
    ];
    for (bytes, words) in cases {
        let error = read_bytes(&bytes).unwrap_err().to_string();
        assert!(error.contains(words), "{error} / {words}");
        assert!(
            error.contains("predictions.bin: not readable predictions"),
            "{error}"
        );
    }
}

#[test]
fn files_that_are_something_else_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.bin");
    assert!(read(&path, IDENTITY).unwrap().is_none());
    let error = |identity: &str| read(&path, identity).unwrap_err().to_string();

    fs::write(&path, GOLDEN).unwrap();
    assert_eq!(
        read(&path, IDENTITY).unwrap().map(|read| read.len()),
        Some(12)
    );
    assert!(error("fedcba9876543210").contains("belongs to another configuration"));
    let mut newer = GOLDEN.to_vec();
    newer[8] = 2;
    fs::write(&path, &newer[..40]).unwrap();
    assert!(error(IDENTITY).contains("predictions of format 2; this program reads up to format 1"));
    newer[8] = 0;
    fs::write(&path, &newer).unwrap();
    assert!(error(IDENTITY).contains("format 0 never existed"));
    fs::write(&path, "{\"format\": 1}").unwrap();
    assert!(error(IDENTITY).contains("does not begin with `LENETPRD`"));
    let file = fs::File::create(&path).unwrap();
    file.set_len((64 << 20) + 1).unwrap();
    assert!(error(IDENTITY).contains("longer than 67108864 bytes"));
    // The longest file is read to its last byte.
    file.set_len(64 << 20).unwrap();
    assert!(error(IDENTITY).contains("does not begin with `LENETPRD`"));
    let header = |weights: usize| {
        format!(
            r#"{{"identity":"{IDENTITY}","classes":10,"images":0,"labels":"","kernels":[{weights:8},1,1,1]}}"#
        )
    };
    let weights = ((64 << 20) - 48 - header(0).len()) / 4;
    let spare = (64 << 20) - 48 - header(0).len() - 4 * weights;
    let header = header(weights) + &" ".repeat(spare);
    let longest = resealed(&header, &vec![0; 2 * weights], None);
    assert_eq!(longest.len(), 64 << 20);
    fs::write(&path, longest).unwrap();
    assert!(read(&path, IDENTITY).unwrap().is_some());

    let inside = read(&path.join("x"), IDENTITY).unwrap_err().to_string();
    assert!(
        inside.contains("/predictions.bin/x: cannot read: "),
        "{inside}"
    );
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(error(IDENTITY).contains("it is not a file"));
}
