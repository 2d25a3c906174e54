//! Files that do not say what network they hold: read where it is certain, refused where it is not.

use lenet_core::{Padding, Pooling, Stages};

use super::*;
use crate::training_images::Normalization;

/// A `state_dict` of zeros: convolutions `[filters, channels, kernel]`, then dense layers
/// `[outputs, inputs]`.
fn state_dict(prefix: &str, convolutions: &[[usize; 3]], dense: &[[usize; 2]]) -> Vec<u8> {
    let mut tensors: Vec<(String, Vec<usize>)> = Vec::new();
    for (i, [filters, channels, kernel]) in convolutions.iter().enumerate() {
        let name = format!("{prefix}conv{}", i + 1);
        let shape = vec![*filters, *channels, *kernel, *kernel];
        tensors.push((format!("{name}.weight"), shape));
        tensors.push((format!("{name}.bias"), vec![*filters]));
    }
    for (i, [outputs, inputs]) in dense.iter().enumerate() {
        let name = format!("{prefix}fc{}", i + 1);
        tensors.push((format!("{name}.weight"), vec![*outputs, *inputs]));
        tensors.push((format!("{name}.bias"), vec![*outputs]));
    }
    let largest = tensors.iter().map(|(_, s)| s.iter().product::<usize>());
    let zeros = vec![0u8; 4 * largest.max().unwrap_or(0)];
    let views = tensors.iter().map(|(name, shape)| {
        let bytes = &zeros[..4 * shape.iter().product::<usize>()];
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap();
        (name.as_str(), view)
    });
    safetensors::serialize(views, None).unwrap()
}

pub(super) fn read_bytes(bytes: &[u8], reading: &Reading) -> Result<Loaded, WeightsError> {
    decode(Path::new("theirs"), bytes, reading)
}

const UNPADDED: Stages = Stages {
    padding: Padding::Valid,
    ..Stages::USUAL
};
pub(super) const BASIC: Stages = Stages {
    padding: Padding::Valid,
    pooling: Pooling::Last,
    ..Stages::USUAL
};
const FIRST: Stages = Stages {
    padding: Padding::First,
    ..Stages::USUAL
};

struct Case {
    name: &'static str,
    convolutions: &'static [[usize; 3]],
    dense: &'static [[usize; 2]],
    reading: Reading,
    /// Side of the images and the stages that are read, or words of the refusal.
    want: Result<(usize, Stages), &'static [&'static str]>,
    /// Words of what is said about it; none where nothing may be said.
    said: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let known = Reading::default();
    let lenet5: &[[usize; 3]] = &[[6, 1, 5], [16, 6, 5]];
    let lenet5_dense: &[[usize; 2]] = &[[120, 400], [84, 120], [10, 84]];
    let basic: &[[usize; 3]] = &[[32, 1, 3], [64, 32, 3]];
    let basic_dense: &[[usize; 2]] = &[[128, 9216], [10, 128]];
    vec![
        Case {
            name: "padded, as this crate's own",
            convolutions: &[[8, 1, 3], [8, 8, 3]],
            dense: &[[16, 392], [10, 16]],
            reading: known,
            want: Ok((28, Stages::USUAL)),
            said: &[
                "28×28 with padding = same, pooling = each",
                "34×34 to 37×37",
            ],
        },
        Case {
            name: "PyTorch's basic example",
            convolutions: basic,
            dense: basic_dense,
            reading: known,
            want: Ok((28, BASIC)),
            said: &[
                "images of 28×28 with padding = valid, pooling = last",
                "images of 48×48 to 51×51 with padding = same, pooling = each",
            ],
        },
        Case {
            name: "PyTorch's basic example, all stated",
            convolutions: basic,
            dense: basic_dense,
            reading: known
                .with_images(28, 28)
                .with_padding(Padding::Valid)
                .with_pooling(Pooling::Last),
            want: Ok((28, BASIC)),
            said: &[],
        },
        Case {
            name: "the same tensors for 48×48",
            convolutions: basic,
            dense: basic_dense,
            reading: known.with_images(48, 48),
            want: Ok((48, Stages::USUAL)),
            said: &[],
        },
        Case {
            name: "LeNet-5, which 28×28 and 32×32 fit",
            convolutions: lenet5,
            dense: lenet5_dense,
            reading: known,
            want: Err(&[
                "images of 28×28 with padding = first, pooling = each",
                "images of 32×32 with padding = valid, pooling = each",
                "hint: state images",
            ]),
            said: &[],
        },
        Case {
            name: "LeNet-5 by its images",
            convolutions: lenet5,
            dense: lenet5_dense,
            reading: known.with_images(32, 32),
            want: Ok((32, UNPADDED)),
            said: &["32×32 with padding = valid"],
        },
        Case {
            name: "LeNet-5 by its padding",
            convolutions: lenet5,
            dense: lenet5_dense,
            reading: known.with_padding(Padding::First),
            want: Ok((28, FIRST)),
            said: &["28×28 with padding = first"],
        },
        Case {
            name: "LeNet-5 on 28×28 without padding",
            convolutions: lenet5,
            dense: &[[120, 256], [84, 120], [10, 84]],
            reading: known,
            want: Ok((28, UNPADDED)),
            said: &["28×28 with padding = valid, pooling = each"],
        },
        Case {
            name: "images of neither size",
            convolutions: &[[3, 2, 3], [3, 3, 3]],
            dense: &[[7, 27], [10, 7]],
            reading: known,
            want: Err(&[
                "takes 27 features",
                "28×28 or 32×32",
                "images of 12×12 to 15×15 with padding = same",
                "hint: state images",
            ]),
            said: &[],
        },
        Case {
            name: "images of another size, stated",
            convolutions: &[[3, 2, 3], [3, 3, 3]],
            dense: &[[7, 27], [10, 7]],
            reading: known.with_images(13, 12),
            want: Ok((13, Stages::USUAL)),
            said: &[],
        },
        Case {
            name: "images that the tensors do not fit",
            convolutions: basic,
            dense: basic_dense,
            reading: known.with_images(30, 30),
            want: Err(&["takes 9216 features", "30×30", "48×48 to 51×51"]),
            said: &[],
        },
        Case {
            name: "strides, which nobody guesses",
            convolutions: &[[4, 1, 3], [4, 4, 3]],
            dense: &[[10, 196]],
            reading: known
                .with_padding(Padding::Same)
                .with_stride(2)
                .with_pooling(Pooling::None),
            want: Ok((
                28,
                Stages {
                    stride: 2,
                    pooling: Pooling::None,
                    ..Stages::USUAL
                },
            )),
            said: &["stride = 2, pooling = none"],
        },
        Case {
            name: "kernels that are no squares of one size",
            convolutions: &[[4, 1, 3], [4, 4, 5]],
            dense: &[[10, 196]],
            reading: known,
            want: Err(&["kernels are not all 3×3", "[4, 4, 5, 5]"]),
            said: &[],
        },
    ]
}

#[test]
fn a_shape_is_certain_or_stated_or_refused() {
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case.name;
        let bytes = state_dict("", case.convolutions, case.dense);
        match (read_bytes(&bytes, &case.reading), case.want) {
            (Ok(loaded), Ok((side, stages))) => {
                let geometry = &loaded.weights.geometry;
                if (geometry.height, geometry.stages) != (side, stages) {
                    wrong.push(format!("{name}: {geometry:?}"));
                }
                let notes: Vec<_> = loaded.notes.iter().map(ToString::to_string).collect();
                let said = notes.join("\n");
                if case.said.is_empty() != notes.is_empty() {
                    wrong.push(format!("{name}: it says «{said}»"));
                }
                for words in case.said.iter().filter(|words| !said.contains(**words)) {
                    wrong.push(format!("{name}: no «{words}» in «{said}»"));
                }
            }
            (Err(error), Err(words)) => {
                let text = error.to_string();
                for words in words.iter().filter(|words| !text.contains(**words)) {
                    wrong.push(format!("{name}: no «{words}» in «{text}»"));
                }
            }
            (got, _) => wrong.push(format!("{name}: {:?}", got.map(|l| l.weights.geometry))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Logits of networks made, saved and run by PyTorch (tests/pytorch/stages.py).
#[test]
fn unpadded_networks_give_pytorchs_logits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pytorch");
    let oracle = folder.join("stages.safetensors");
    let oracle = candle_core::safetensors::load(oracle, &Device::Cpu).unwrap();
    let padded = Reading::default().with_padding(Padding::First);
    let small = Reading::default().with_images(32, 32);
    for (name, reading, stages) in [
        ("basic", Reading::default(), BASIC),
        ("lenet5", small, UNPADDED),
        ("lenet5_padded", padded, FIRST),
    ] {
        let path = folder.join(format!("{name}.safetensors"));
        let network = LeNet::load_as(&path, &reading, &Device::Cpu).unwrap();
        assert_eq!(network.geometry().stages, stages, "{name}");
        let images = &oracle[&format!("{name}.images")];
        let want = oracle[&format!("{name}.logits")].to_vec2::<f32>().unwrap();
        let stock = network.forward(images).unwrap().to_vec2::<f32>().unwrap();
        let mut classifier = vec![0.0; 10 * want.len()];
        let frozen = network.classifier().unwrap();
        frozen.logits(images, &mut classifier).unwrap();
        let pixels: Vec<f64> = images
            .flatten_all()
            .unwrap()
            .to_dtype(DType::F64)
            .unwrap()
            .to_vec1()
            .unwrap();
        let flat: Vec<f64> = network
            .to_flat()
            .unwrap()
            .into_iter()
            .map(f64::from)
            .collect();
        let mut reference = vec![0.0; 10 * want.len()];
        lenet_ops::net::reference::logits(network.geometry(), &flat, &pixels, &mut reference)
            .unwrap();
        for (image, want) in want.iter().enumerate() {
            for (class, &want) in want.iter().enumerate() {
                let plain = reference[10 * image + class] as f32;
                for got in [stock[image][class], classifier[10 * image + class], plain] {
                    let close = (got - want).abs() <= 1e-5 * want.abs().max(1.0);
                    assert!(close, "{name}, {image}, {class}: {got} {want}");
                }
            }
        }
        // Our own file says it all.
        let back = LeNet::from_bytes(&network.to_bytes().unwrap(), &Device::Cpu).unwrap();
        assert_eq!(back.geometry(), network.geometry());
        assert_eq!(back.to_flat().unwrap(), network.to_flat().unwrap());
    }
}

#[test]
fn prefixes_are_left_out_and_named() {
    let (conv, dense): (&[[usize; 3]], &[[usize; 2]]) = (&[[2, 1, 3]], &[[10, 392]]);
    let plain = read_bytes(&state_dict("", conv, dense), &Reading::default()).unwrap();
    assert!(!plain.notes.iter().any(|n| matches!(n, Note::Prefix { .. })));
    for prefix in ["module.", "_orig_mod.", "module._orig_mod.", "model.net."] {
        let bytes = state_dict(prefix, conv, dense);
        let loaded = read_bytes(&bytes, &Reading::default()).unwrap();
        assert_eq!(loaded.weights, plain.weights, "{prefix}");
        let said = loaded.notes[0].to_string();
        assert!(said.contains(&format!("`{prefix}`")), "{said}");
        // For a known shape, too.
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("w");
        std::fs::write(&path, &bytes).unwrap();
        let parameters = load(&path, &plain.weights.geometry).unwrap();
        assert_eq!(parameters, plain.weights.parameters);
    }
    // A prefix without a dot is another name.
    let error = read_bytes(&state_dict("my", conv, dense), &Reading::default()).unwrap_err();
    assert!(error.to_string().contains("myconv1.weight"), "{error}");
}

#[test]
fn what_the_caller_knows_of_the_images_is_kept() {
    let bytes = state_dict("", &[[2, 1, 3]], &[[10, 392]]);
    let look = |reading: Reading| read_bytes(&bytes, &reading).map(|l| l.weights.images);
    let known = Reading::default();
    assert_eq!(look(known).unwrap(), None);
    let stated = look(known.with_normalization(Normalization::PYTORCH_MNIST)).unwrap();
    let want = TrainingImages {
        normalization: Normalization::PYTORCH_MNIST,
        ..TrainingImages::MNIST
    };
    assert_eq!(stated, Some(want));
    let nothing = Normalization {
        mean: 0.5,
        deviation: 0.0,
    };
    let error = look(known.with_normalization(nothing)).unwrap_err();
    assert!(error.to_string().contains("normalize nothing"), "{error}");
}
