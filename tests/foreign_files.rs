//! Weights, pictures and data folders of other programs, from the command line.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, run, succeed};
use lenet_data::Dataset;
use lenet_model::weights::{Precision, Weights};
use lenet_model::{LeNetConfig, Normalization, Padding, Pooling, TrainingImages, init};

/// A file that says nothing of its network: `padding` and `pooling` as in PyTorch's basic MNIST
/// example, under a prefix.
fn write_theirs(path: &Path, prefix: &str) {
    let geometry = LeNetConfig::lab_2017(4)
        .with_padding(Padding::Valid)
        .with_pooling(Pooling::Last)
        .geometry()
        .unwrap();
    let values = init::initial_parameters(&geometry, 1);
    let tensors: Vec<_> = geometry
        .parameters()
        .into_iter()
        .map(|p| {
            let bytes: Vec<u8> = values[p.range()]
                .iter()
                .flat_map(|v| v.to_le_bytes())
                .collect();
            (format!("{prefix}{}", p.name), p.shape, bytes)
        })
        .collect();
    let mut header = serde_json::Map::new();
    let mut body = Vec::new();
    for (name, shape, bytes) in tensors {
        let begin = body.len();
        body.extend(bytes);
        let entry = serde_json::json!({
            "dtype": "F32", "shape": shape, "data_offsets": [begin, body.len()],
        });
        header.insert(name, entry);
    }
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(body);
    fs::write(path, file).unwrap();
}

/// A PGM of a test image of MNIST, as it is or inverted.
fn write_picture(path: &Path, index: usize, inverted: bool) {
    let test = Dataset::mnist().test;
    let bytes = test.image(index).iter();
    let mut file = b"P5\n28 28\n255\n".to_vec();
    file.extend(bytes.map(|&byte| if inverted { 255 - byte } else { byte }));
    fs::write(path, file).unwrap();
}

fn probabilities(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("  ")).collect()
}

#[test]
fn what_a_file_of_weights_does_not_say_is_said_or_stated() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_theirs(&folder.join("theirs.safetensors"), "");
    write_theirs(&folder.join("wrapped.safetensors"), "module._orig_mod.");
    write_picture(&folder.join("seven.pgm"), 0, false);
    let theirs = "--checkpoint theirs.safetensors";
    let ran = run(folder, &format!("predict {theirs} seven.pgm"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for words in [
        "28×28",
        "padding = valid, pooling = last",
        "48×48",
        "how its training images",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    let guessed = ran.stdout;

    // All stated, nothing is to be said.
    let stated = "--images 28 --padding valid --pooling last --polarity light-on-dark";
    let ran = run(folder, &format!("predict {theirs} {stated} seven.pgm"));
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        (guessed.as_str(), "")
    );
    // The images of the data set say as much as the flag.
    let ran = run(folder, &format!("predict {theirs} --index 0"));
    assert_eq!(probabilities(&ran.stdout), probabilities(&guessed));

    let ran = run(folder, "predict --checkpoint wrapped.safetensors --index 0");
    assert_eq!(probabilities(&ran.stdout), probabilities(&guessed));
    assert!(ran.stderr.contains("`module._orig_mod.`"), "{}", ran.stderr);

    // Another reading of the same tensors; one that they do not fit.
    let ran = run(folder, &format!("predict {theirs} --images 48 seven.pgm"));
    assert_ne!(probabilities(&ran.stdout), probabilities(&guessed));
    let ran = run(
        folder,
        &format!("predict {theirs} --images 28 --padding same seven.pgm"),
    );
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);

    // What export writes says it itself, and says no else.
    let kept = "--polarity light-on-dark --normalize 0.1307,0.3081";
    succeed(
        folder,
        &format!("export {theirs} {kept} --out whole.safetensors"),
    );
    let ran = run(folder, "predict --checkpoint whole.safetensors seven.pgm");
    assert_eq!(ran.stderr, "");
    let normalized = format!("predict {theirs} {stated} --normalize 0.1307,0.3081 seven.pgm");
    assert_eq!(ran.stdout, succeed(folder, &normalized));
    assert_ne!(probabilities(&ran.stdout), probabilities(&guessed));
    let ran = run(
        folder,
        "predict --checkpoint whole.safetensors --padding same seven.pgm",
    );
    assert!(
        ran.code == Some(2) && ran.stderr.contains("padding = valid"),
        "{}",
        ran.stderr
    );

    // Evaluated as predicted: the first test image is right or wrong in both.
    let csv = "evaluate --checkpoint whole.safetensors --csv logits.csv";
    succeed(folder, csv);
    let rows = fs::read_to_string(folder.join("logits.csv")).unwrap();
    let first: Vec<&str> = rows.lines().nth(1).unwrap().split(',').collect();
    let class = run(folder, "predict --checkpoint whole.safetensors --index 0").stdout;
    assert!(
        class
            .lines()
            .next()
            .unwrap()
            .ends_with(&format!(": {}", first[2])),
        "{class}"
    );

    // ONNX by the extension alone.
    succeed(
        folder,
        "export --checkpoint whole.safetensors --out whole.onnx",
    );
    let weights =
        Weights::from_bytes(&fs::read(folder.join("whole.safetensors")).unwrap()).unwrap();
    let model = lenet_model::onnx::to_bytes(&weights).unwrap();
    assert_eq!(fs::read(folder.join("whole.onnx")).unwrap(), model);
    let images = weights.images.unwrap();
    assert_eq!(images.normalization, Normalization::PYTORCH_MNIST);
}

#[test]
fn pictures_follow_what_the_network_was_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let geometry = LeNetConfig::lab_2017(4).geometry().unwrap();
    let light = TrainingImages {
        polarity: lenet_model::Polarity::DarkOnLight,
        ..TrainingImages::MNIST
    };
    let weights = Weights {
        parameters: init::initial_parameters(&geometry, 1),
        geometry,
        dropout: None,
        images: Some(light),
    };
    weights
        .save(&folder.join("light.safetensors"), Precision::F32)
        .unwrap();
    write_picture(&folder.join("dark.pgm"), 0, false);
    write_picture(&folder.join("light.pgm"), 0, true);
    let predict = |file: &str| {
        run(
            folder,
            &format!("predict --show --checkpoint light.safetensors {file}"),
        )
    };
    let [dark, light] = ["dark.pgm", "light.pgm"].map(predict);
    assert_eq!(probabilities(&dark.stdout), probabilities(&light.stdout));
    assert_eq!((dark.stderr.as_str(), light.stderr.as_str()), ("", ""));
    // As the network sees it: a light ground, two rows of pixels per line.
    let first = dark.stdout.lines().next().unwrap();
    assert_eq!(first, "█".repeat(28), "{}", dark.stdout);
    assert!(
        dark.stdout
            .lines()
            .nth(14)
            .unwrap()
            .starts_with("dark.pgm: ")
    );

    let blank: Vec<u8> = [&b"P5\n28 28\n255\n"[..], &[255; 784]].concat();
    fs::write(folder.join("blank.pgm"), blank).unwrap();
    let ran = predict("blank.pgm");
    assert!(
        ran.code == Some(2) && ran.stderr.contains("blank"),
        "{}",
        ran.stderr
    );
}

/// A file that is none, and standard input, which may be a pipe.
#[cfg(unix)]
#[test]
fn devices_and_pipes_are_not_waited_for() {
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let made = Command::new("mkfifo").arg(folder.join("pipe")).status();
    assert!(made.unwrap().success());
    write_theirs(&folder.join("theirs.safetensors"), "");
    write_picture(&folder.join("seven.pgm"), 0, false);
    let refused = |ran: Ran| {
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains("not a file"), "{}", ran.stderr);
    };
    for path in ["pipe", "/dev/zero"] {
        refused(run(
            folder,
            &format!("predict --checkpoint theirs.safetensors {path}"),
        ));
        refused(run(
            folder,
            &format!("predict --checkpoint {path} seven.pgm"),
        ));
    }
    let named = succeed(folder, "predict --checkpoint theirs.safetensors seven.pgm");
    let mut piped = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["predict", "--checkpoint", "theirs.safetensors", "-"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let picture = fs::read(folder.join("seven.pgm")).unwrap();
    std::io::Write::write_all(&mut piped.stdin.take().unwrap(), &picture).unwrap();
    let output = piped.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(probabilities(&text), probabilities(&named));
}

#[test]
fn a_network_trained_here_says_how_its_images_looked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let train = "train --samples 50 --validation 50 --epochs 1 --filters 2 --quiet";
    succeed(folder, &format!("{train} --save net.safetensors"));
    let bytes = fs::read(folder.join("net.safetensors")).unwrap();
    let weights = Weights::from_bytes(&bytes).unwrap();
    assert_eq!(weights.images, Some(TrainingImages::MNIST));

    // Other stages train where the stock backend is asked for.
    let valid = format!("{train} --set padding=valid --set pooling=last");
    let ran = run(folder, &valid);
    assert!(
        ran.code == Some(2) && ran.stderr.contains("backend = stock"),
        "{}",
        ran.stderr
    );
    succeed(
        folder,
        &format!("{valid} --backend stock --save valid.safetensors"),
    );
    let bytes = fs::read(folder.join("valid.safetensors")).unwrap();
    let stages = Weights::from_bytes(&bytes).unwrap().geometry.stages;
    assert_eq!(
        (stages.padding, stages.pooling),
        (Padding::Valid, Pooling::Last)
    );
    let ran = run(folder, "evaluate --checkpoint valid.safetensors");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}
