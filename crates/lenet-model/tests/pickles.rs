//! Files of `torch.save`, written by PyTorch: `tests/pytorch/pickles.py`.

use std::path::{Path, PathBuf};

use candle_core::Device;
use lenet_model::weights::{self, Note, Reading, Weights};
use lenet_model::{LeNet, WeightsError};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pytorch")
        .join(name)
}

fn read(name: &str) -> (Weights, Vec<Note>) {
    let loaded = weights::read(&file(name), &Reading::default()).unwrap();
    (loaded.weights, loaded.notes)
}

#[test]
fn a_state_dict_has_the_numbers_that_pytorch_saved() {
    let (expected, _) = read("pickles.safetensors");
    let (plain, notes) = read("state_dict.pt");
    assert_eq!(plain, expected);
    assert!(matches!(&notes[..], [Note::Inferred { .. }]), "{notes:?}");
    let parameters = weights::load(&file("state_dict.pt"), &expected.geometry).unwrap();
    assert_eq!(parameters, expected.parameters);
    let network = LeNet::load(file("state_dict.pt"), &Device::Cpu).unwrap();
    assert_eq!(network.to_flat().unwrap(), expected.parameters);
}

#[test]
fn a_checkpoint_is_searched_for_its_state_dict() {
    let (expected, _) = read("pickles.safetensors");
    let (found, notes) = read("checkpoint.pt");
    assert_eq!(found, expected);
    let key = "model_state_dict".to_owned();
    assert!(notes.contains(&Note::Inside { key }), "{notes:?}");
}

#[test]
fn wrapped_names_halves_and_columns_are_read() {
    let (expected, _) = read("pickles.safetensors");
    let (found, notes) = read("parallel.pt");
    let prefix = "module.".to_owned();
    assert!(notes.contains(&Note::Prefix { prefix }), "{notes:?}");
    assert_eq!(found.geometry, expected.geometry);
    let half = |value: &f32| half::f16::from_f32(*value).to_f32();
    let halves: Vec<f32> = expected.parameters.iter().map(half).collect();
    assert_eq!(found.parameters, halves);
}

#[test]
fn what_holds_no_state_dict_is_refused_with_what_to_do() {
    let error = weights::load_any(&file("module.pt")).unwrap_err();
    assert!(matches!(error, WeightsError::Pickle { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("holds no state_dict") && text.contains("save_file"),
        "{text}"
    );
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(file("state_dict.pt")).unwrap();
    let broken = folder.path().join("broken.pt");
    // Cut at every length, it is refused and nothing panics.
    for length in (0..whole.len()).step_by(97) {
        std::fs::write(&broken, &whole[..length]).unwrap();
        weights::load_any(&broken).unwrap_err();
    }
}

/// An archive whose description names a tensor that is larger than the file, or goes a million levels deep.
#[test]
fn descriptions_that_cannot_be_are_refused() {
    let whole = std::fs::read(file("state_dict.pt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.pt");
    // The shape (5, 98) of fc1.weight as two small integers of a pickle.
    let shape = [b'K', 5, b'K', 98];
    let at = whole
        .windows(4)
        .position(|bytes| bytes == shape)
        .expect("fc1.weight has a shape");
    let mut changed = whole.clone();
    changed[at + 1] = 250;
    std::fs::write(&path, &changed).unwrap();
    let error = weights::load_any(&path).unwrap_err().to_string();
    assert!(error.contains("larger than the file"), "{error}");
}
