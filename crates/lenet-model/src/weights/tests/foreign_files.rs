//! Files of other kinds, and what a file says itself.

use lenet_core::{Padding, Pooling, Stages};

use super::foreign_networks::{BASIC, read_bytes};
use super::*;
use crate::training_images::{Normalization, Polarity};

#[test]
fn files_of_other_kinds_are_named_with_what_to_do() {
    let mut zip = b"PK\x03\x04".to_vec();
    zip.resize(26, 0);
    zip.extend([14, 0, 0, 0]);
    let torch = [&zip[..], b"model/data.pkl"].concat();
    let mut numpy = [&zip[..], b"a.npy"].concat();
    numpy[26] = 5;
    let mut keras = [&zip[..], b"metadata.json"].concat();
    keras[26] = 13;
    let cases: [(&[u8], [&str; 2]); 10] = [
        (&torch, ["torch.save", "safetensors.torch.save_file"]),
        (&torch[..12], ["torch.save", "weights_only=True"]),
        (b"\x80\x02\x8a\x0al\xfc", ["pickle", "weights_only=True"]),
        (&numpy, ["NumPy archive", "safetensors.numpy.save_file"]),
        (&keras, ["Keras", "layout"]),
        (b"\x89HDF\r\n\x1a\n....", ["HDF5", "layout"]),
        (b"\x93NUMPY\x01\x00", ["NumPy array", "save_file"]),
        (b"GGUF\x03\0\0\0\0\0\0\0", ["GGUF", "save_file"]),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03", ["gzip", "unpack"]),
        (b"\x08\x08\x12\x0blenet-model", ["ONNX", "exported from"]),
    ];
    for (bytes, words) in cases {
        let error = Weights::from_bytes(bytes).unwrap_err();
        assert!(matches!(error, WeightsError::Foreign { .. }), "{error}");
        let text = error.to_string();
        assert!(words.iter().all(|w| text.contains(w)), "{text}");
    }
}

#[test]
fn a_file_that_says_it_itself_is_not_contradicted() {
    let geometry = Geometry {
        stages: BASIC,
        ..Geometry::lab_2017(2)
    };
    let images = TrainingImages {
        polarity: Polarity::DarkOnLight,
        normalization: Normalization::PYTORCH_MNIST,
        ..TrainingImages::MNIST
    };
    let weights = Weights {
        parameters: initial_parameters(&geometry, 1),
        geometry,
        dropout: None,
        images: Some(images),
    };
    let bytes = weights.to_bytes(Precision::F32).unwrap();
    let known = Reading::default();
    let agreeing = [
        known,
        known.with_images(28, 28).with_padding(Padding::Valid),
        known.with_pooling(Pooling::Last).with_stride(1),
        known.with_polarity(Polarity::DarkOnLight),
        known.with_normalization(Normalization::PYTORCH_MNIST),
    ];
    for reading in agreeing {
        let loaded = read_bytes(&bytes, &reading).unwrap();
        assert_eq!((&loaded.weights, &loaded.notes[..]), (&weights, &[][..]));
    }
    let cases = [
        (known.with_images(48, 48), "images of 28×28, not 48×48"),
        (
            known.with_padding(Padding::Same),
            "padding = valid, pooling = last, not padding = same",
        ),
        (known.with_pooling(Pooling::Each), "pooling = each"),
        (known.with_stride(2), "stride = 2"),
        (known.with_polarity(Polarity::LightOnDark), "dark-on-light"),
        (known.with_normalization(Normalization::NONE), "0.1307"),
    ];
    for (reading, words) in cases {
        let error = read_bytes(&bytes, &reading).unwrap_err();
        assert!(matches!(error, WeightsError::Contradiction { .. }));
        assert!(error.to_string().contains(words), "{error}");
    }
    // Nor when it is loaded into a network of other stages.
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w");
    std::fs::write(&path, &bytes).unwrap();
    let error = load(&path, &Geometry::lab_2017(2)).unwrap_err();
    assert!(
        matches!(error, WeightsError::Contradiction { .. }),
        "{error}"
    );
    assert_eq!(load(&path, &weights.geometry).unwrap(), weights.parameters);
}

#[test]
fn usual_networks_are_written_as_ever_and_others_in_a_newer_format() {
    let text = |stages| {
        let geometry = Geometry {
            stages,
            ..Geometry::lab_2017(1)
        };
        let weights = Weights {
            parameters: initial_parameters(&geometry, 1),
            geometry,
            dropout: None,
            images: None,
        };
        String::from_utf8_lossy(&weights.to_bytes(Precision::F32).unwrap()).into_owned()
    };
    let usual = text(Stages::USUAL);
    let written = concat!(
        r#"{\"format\":1,\"geometry\":{\"channels\":1,\"height\":28,\"width\":28,"#,
        r#"\"filters\":[1,1],\"kernel\":3,\"hidden\":[128],\"classes\":10},\"dropout\":null}"#,
    );
    assert!(usual.contains(written), "{}", &usual[..600]);
    assert!(text(BASIC).contains(r#"\"format\":2"#));
}

#[cfg(unix)]
#[test]
fn a_device_or_a_pipe_is_no_file() {
    for path in ["/dev/zero", "/dev/null"] {
        let error = load_any(Path::new(path)).unwrap_err();
        assert!(error.to_string().contains("not a file"), "{error}");
    }
}
