//! Round trips, PyTorch's file, and every refusal.

use std::collections::HashMap;
use std::path::PathBuf;

use candle_core::{DType, Device, Tensor};
use safetensors::tensor::{Dtype, TensorView};
use tempfile::TempDir;

use super::*;
use crate::init::initial_parameters;
use crate::{Backend, LeNet, LeNetConfig, Parameters};

mod foreign_files;
mod foreign_networks;

fn small() -> Geometry {
    Geometry {
        channels: 2,
        height: 12,
        width: 12,
        hidden: vec![7],
        ..Geometry::lab_2017(3)
    }
}

/// A file in a folder of its own with the given tensors: name, shape, type, bytes.
fn file_of(tensors: &[(String, Vec<usize>, Dtype, Vec<u8>)]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("weights.safetensors");
    let views = tensors.iter().map(|(name, shape, dtype, bytes)| {
        (
            name.as_str(),
            TensorView::new(*dtype, shape.clone(), bytes).unwrap(),
        )
    });
    std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
    (folder, path)
}

/// The tensors of `small()` as f32, without metadata.
fn tensors() -> Vec<(String, Vec<usize>, Dtype, Vec<u8>)> {
    let values = initial_parameters(&small(), 1);
    let bytes = |range: std::ops::Range<usize>| {
        values[range]
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    let list = small().parameters();
    list.iter()
        .map(|p| {
            (
                p.name.clone(),
                p.shape.clone(),
                Dtype::F32,
                bytes(p.range()),
            )
        })
        .collect()
}

fn weights_of(geometry: &Geometry, dropout: Option<f64>, values: &[f32]) -> Weights {
    Weights {
        geometry: geometry.clone(),
        dropout,
        images: None,
        parameters: values.to_vec(),
    }
}

#[test]
fn saved_weights_come_back_bit_for_bit() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w.safetensors");
    let geometry = Geometry {
        height: 13,
        width: 17,
        ..small()
    };
    let values = initial_parameters(&geometry, 4);
    save_with_dropout(&path, &geometry, Some(0.25), &values).unwrap();
    assert_eq!(load(&path, &geometry).unwrap(), values);
    let any = load_any(&path).unwrap();
    assert_eq!(
        any,
        Weights {
            geometry,
            dropout: Some(0.25),
            images: None,
            parameters: values
        }
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file stays: {left:?}");
}

#[test]
fn the_same_weights_give_the_same_bytes() {
    let geometry = small();
    let values = initial_parameters(&geometry, 4);
    let encode = || {
        weights_of(&geometry, Some(0.5), &values)
            .to_bytes(Precision::F32)
            .unwrap()
    };
    assert_eq!(encode(), encode());
}

#[test]
fn shapes_are_inferred_without_metadata() {
    let (_folder, path) = file_of(&tensors());
    let reading = Reading::default().with_images(12, 12);
    let weights = read(&path, &reading).unwrap().weights;
    assert_eq!((weights.geometry, weights.dropout), (small(), None));
    assert_eq!(weights.parameters, initial_parameters(&small(), 1));
}

#[test]
fn other_float_types_are_converted() {
    for dtype in [DType::F16, DType::BF16, DType::F64] {
        let converted: HashMap<_, _> = tensors()
            .into_iter()
            .map(|(name, shape, _, bytes)| {
                let t = Tensor::from_raw_buffer(&bytes, DType::F32, &shape, &Device::Cpu).unwrap();
                (name, t.to_dtype(dtype).unwrap())
            })
            .collect();
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("w");
        candle_core::safetensors::save(&converted, &path).unwrap();
        let tolerance = match dtype {
            DType::BF16 => 0.005,
            DType::F16 => 0.001,
            _ => 0.0,
        };
        let values = load(&path, &small()).unwrap();
        for (got, want) in values.iter().zip(initial_parameters(&small(), 1)) {
            assert!(
                (got - want).abs() <= tolerance * want.abs(),
                "{dtype:?}: {got} {want}"
            );
        }
    }
}

#[test]
fn smaller_files_hold_rounded_numbers() {
    let mut weights = Weights {
        geometry: small(),
        dropout: Some(0.5),
        images: None,
        parameters: initial_parameters(&small(), 1),
    };
    let sizes = [Precision::F32, Precision::F16, Precision::Bf16].map(|precision| {
        let bytes = weights.to_bytes(precision).unwrap();
        let back = Weights::from_bytes(&bytes).unwrap();
        assert_eq!((&back.geometry, back.dropout), (&small(), Some(0.5)));
        for (got, want) in back.parameters.iter().zip(&weights.parameters) {
            let rounded = match precision {
                Precision::F32 => *want,
                Precision::F16 => half::f16::from_f32(*want).to_f32(),
                Precision::Bf16 => half::bf16::from_f32(*want).to_f32(),
            };
            assert_eq!(*got, rounded, "{precision:?}");
        }
        bytes.len()
    });
    let saved = 2 * weights.parameters.len();
    assert!(sizes[0].abs_diff(sizes[1] + saved) < 64, "{sizes:?}");
    assert!(sizes[1].abs_diff(sizes[2]) < 64, "{sizes:?}");
    weights.parameters[4] = 70_000.0;
    let error = weights.to_bytes(Precision::F16).unwrap_err();
    assert!(
        matches!(&error, WeightsError::NotFinite { tensor, count: 1, .. } if tensor == "conv1.weight"),
        "{error}"
    );
    assert!(weights.to_bytes(Precision::Bf16).is_ok());
}

#[test]
fn metadata_of_no_network_are_refused() {
    let values = initial_parameters(&small(), 1);
    let bytes = weights_of(&small(), Some(0.5), &values)
        .to_bytes(Precision::F32)
        .unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // Same lengths, so the header's size still holds.
    let changes = [
        (r#"\"classes\":10"#, r#"\"classes\":99"#, "`fc2.weight`"),
        (r#"\"classes\":10"#, r#"\"classes\":01"#, "`lenet`"),
        (r#"\"kernel\":3"#, r#"\"kernel\":4"#, "not an odd number"),
        (r#"\"dropout\":0.5"#, r#"\"dropout\":9.5"#, "not in [0, 1)"),
        (r#"\"height\":12"#, r#"\"height\":99"#, "`fc1.weight`"),
    ];
    for (old, new, words) in changes {
        assert!(text.contains(old), "{old}");
        let at = bytes.windows(old.len()).position(|w| w == old.as_bytes());
        let at = at.unwrap();
        let mut changed = bytes.clone();
        changed[at..at + new.len()].copy_from_slice(new.as_bytes());
        let error = Weights::from_bytes(&changed).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(error.starts_with("weights in memory: "), "{error}");
    }
}

#[test]
fn wrong_tensors_are_refused_by_name() {
    let load = |tensors: &[_]| {
        let (_folder, path) = file_of(tensors);
        load(&path, &small()).unwrap_err()
    };
    let mut missing = tensors();
    missing.remove(2);
    let error = load(&missing);
    assert!(matches!(&error, WeightsError::Missing { tensor, .. } if tensor == "conv2.weight"));
    assert!(error.to_string().contains("[3, 3, 3, 3]"), "{error}");

    let mut extra = tensors();
    extra.push(("fc3.bias".to_owned(), vec![1], Dtype::F32, vec![0; 4]));
    let error = load(&extra);
    assert!(matches!(&error, WeightsError::Extra { tensor, .. } if tensor == "fc3.bias"));

    let mut shape = tensors();
    shape[1].1 = vec![1, 3];
    let error = load(&shape);
    assert!(
        error
            .to_string()
            .contains("`conv1.bias` is [1, 3], this network needs [3]"),
        "{error}"
    );

    let mut integers = tensors();
    integers[1].2 = Dtype::I32;
    assert!(load(&integers).to_string().contains("has type I32"));

    let mut nan = tensors();
    nan[3].3[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    let error = load(&nan);
    assert!(
        matches!(&error, WeightsError::NotFinite { tensor, count: 1, .. } if tensor == "conv2.bias")
    );
}

#[test]
fn broken_files_are_refused() {
    let (_folder, path) = file_of(&tensors());
    let whole = std::fs::read(&path).unwrap();
    for (what, bytes) in [
        ("truncated", &whole[..whole.len() - 5]),
        ("header only", &whole[..20]),
        ("empty", &[][..]),
        ("text", &b"this is not a safetensors file at all"[..]),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = load_any(&path).unwrap_err();
        assert!(
            matches!(error, WeightsError::NotSafetensors { .. }),
            "{what}: {error}"
        );
    }
    let absent = path.with_file_name("absent");
    assert!(matches!(
        load_any(&absent).unwrap_err(),
        WeightsError::Io { .. }
    ));
}

#[test]
fn newer_formats_are_refused() {
    let values = initial_parameters(&small(), 1);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w");
    let bytes = weights_of(&small(), None, &values)
        .to_bytes(Precision::F32)
        .unwrap();
    // Same length, so the header's size still holds.
    let (old, new) = (br#"\"format\":1"#, br#"\"format\":9"#);
    let at = bytes
        .windows(old.len())
        .position(|window| window == old)
        .unwrap();
    let mut newer = bytes;
    newer[at..at + new.len()].copy_from_slice(new);
    std::fs::write(&path, newer).unwrap();
    let error = load(&path, &small()).unwrap_err();
    assert!(
        matches!(
            error,
            WeightsError::Version {
                found: 9,
                supported: 2,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn shapes_that_cannot_be_told_are_refused() {
    let mut oblong = tensors();
    oblong[4].1 = vec![7, 18];
    oblong[4].3.truncate(7 * 18 * 4);
    let (_folder, path) = file_of(&oblong);
    let error = load_any(&path).unwrap_err();
    assert!(matches!(&error, WeightsError::Inference { .. }), "{error}");
    assert!(error.to_string().contains("takes 18 features"), "{error}");
    // 3 filters of 2×3, of which the caller knows.
    let reading = Reading::default().with_images(8, 12);
    let weights = read(&path, &reading).unwrap().weights;
    assert_eq!((weights.geometry.height, weights.geometry.width), (8, 12));
    let (_folder, path) = file_of(&tensors()[..4]);
    assert!(
        load_any(&path)
            .unwrap_err()
            .to_string()
            .contains("no `fc1.weight`")
    );
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let values = initial_parameters(&small(), 1);
    let error = save(Path::new("/nonexistent/w.safetensors"), &small(), &values).unwrap_err();
    assert!(matches!(error, WeightsError::Io { .. }));
    let error = save(Path::new("w"), &small(), &values[1..]).unwrap_err();
    assert!(matches!(error, WeightsError::Length { .. }));
}

/// Logits of a network made, saved and run by PyTorch (tests/pytorch/oracle.py).
#[test]
fn a_pytorch_state_dict_gives_pytorchs_logits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pytorch");
    let reading = Reading::default().with_images(12, 12);
    let weights = read(&folder.join("state_dict.safetensors"), &reading);
    let weights = weights.unwrap().weights;
    assert_eq!(
        weights.geometry,
        Geometry {
            channels: 2,
            height: 12,
            width: 12,
            kernel: 5,
            filters: vec![3, 4],
            hidden: vec![9, 6],
            classes: 5,
            stages: lenet_core::Stages::USUAL,
        }
    );
    let oracle =
        candle_core::safetensors::load(folder.join("oracle.safetensors"), &Device::Cpu).unwrap();
    let config = LeNetConfig::new(&weights.geometry, 0.0);
    let parameters = Parameters::new(
        &weights.geometry,
        &weights.parameters,
        DType::F32,
        &Device::Cpu,
    )
    .unwrap();
    for backend in [Backend::Stock, Backend::Fused] {
        let network = LeNet::with_backend(parameters.var_builder(), &config, backend).unwrap();
        let logits = network.forward(&oracle["images"]).unwrap();
        let rows = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let (got, want) = (rows(&logits), rows(&oracle["logits"]));
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(&want) {
            let tolerance = 1e-5 * want.abs().max(1.0);
            assert!((got - want).abs() <= tolerance, "{backend:?}: {got} {want}");
        }
    }
}

#[test]
fn files_have_a_longest_length() {
    for (bytes, is_read) in [
        (MOST_BYTES - 1, true),
        (MOST_BYTES, true),
        (MOST_BYTES + 1, false),
    ] {
        assert_eq!(check_length(bytes).is_ok(), is_read, "{bytes}");
    }
    // A hole of zeros, refused by its length and not by its contents.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(MOST_BYTES + 1)
        .unwrap();
    let error = load_any(&path).unwrap_err().to_string();
    assert!(error.contains("more than 4294967296 bytes"), "{error}");
}
