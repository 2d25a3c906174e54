//! One network: trained, saved, evaluated, asked.

mod common;

use std::fs;

use common::{last_json, run, succeed, xtask};
use lenet_data::Dataset;

const TRAIN: &str = "train --samples 2000 --epochs 2 --filters 4 --batch-size 32 --quiet";
/// What it says first.
const HEAD: &str = "sgd at learning rate 0.1 on 2000 images of MNIST, 26694 parameters, seed 1";

#[test]
fn train_evaluate_predict() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let trained = succeed(folder, &format!("{TRAIN} --save net.safetensors"));
    let first = trained.lines().next().unwrap();
    assert!(first.starts_with(HEAD), "{first}");
    let trained = last_json(&trained);
    let accuracy = trained["test_accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.7, "{trained}");

    // The saved network has the accuracies of the last epoch.
    for (split, samples) in [("test", 10_000), ("validation", 5_000)] {
        let evaluate = format!("evaluate --checkpoint net.safetensors --split {split}");
        let found = last_json(&succeed(folder, &evaluate));
        assert_eq!(found["samples"], samples);
        assert_eq!(
            found["accuracy"],
            trained[format!("{split}_accuracy")],
            "{split}"
        );
        assert_eq!(found["loss"], trained[format!("{split}_loss")], "{split}");
    }

    // The same seed gives the same file; another one does not.
    succeed(
        folder,
        &format!("{TRAIN} --save again.safetensors --threads 1"),
    );
    succeed(
        folder,
        &format!("{TRAIN} --save other.safetensors --seed 2"),
    );
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    assert_eq!(read("net.safetensors"), read("again.safetensors"));
    assert_ne!(read("net.safetensors"), read("other.safetensors"));

    // Training goes on from saved weights: the loss starts lower than from drawn ones.
    let further = "--init net.safetensors --epochs 1";
    let further = last_json(&succeed(folder, &TRAIN.replace("--epochs 2", further)));
    let fresh = last_json(&succeed(folder, &TRAIN.replace("--epochs 2", "--epochs 1")));
    let loss = |line: &serde_json::Value| line["train_loss"].as_f64().unwrap();
    assert!(loss(&further) < 0.7 * loss(&fresh), "{further} {fresh}");

    csv_agrees(folder, accuracy);
    predictions_agree(folder);
    exports_hold_the_network(folder);
}

fn csv_agrees(folder: &std::path::Path, accuracy: f64) {
    succeed(
        folder,
        "evaluate --checkpoint net.safetensors --csv logits.csv",
    );
    let csv = fs::read_to_string(folder.join("logits.csv")).unwrap();
    let mut lines = csv.lines();
    let logits: Vec<String> = (0..10).map(|class| format!("logit_{class}")).collect();
    assert_eq!(
        lines.next().unwrap(),
        format!("index,label,predicted,{}", logits.join(","))
    );
    let test = Dataset::mnist().test;
    let mut correct = 0;
    for (place, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells[0], place.to_string());
        assert_eq!(cells[1], test.labels()[place].to_string());
        correct += usize::from(cells[1] == cells[2]);
        let logits: Vec<f32> = cells[3..]
            .iter()
            .map(|cell| cell.parse().unwrap())
            .collect();
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        assert_eq!(logits[cells[2].parse::<usize>().unwrap()], largest);
    }
    assert_eq!(correct as f64 / 10_000.0, accuracy);
}

/// The class that `predict` names, and its probabilities.
fn predicted(stdout: &str) -> (String, Vec<String>) {
    let mut lines = stdout.lines();
    let class = lines
        .next()
        .unwrap()
        .rsplit(": ")
        .next()
        .unwrap()
        .to_owned();
    (class, lines.map(str::to_owned).collect())
}

fn predictions_agree(folder: &std::path::Path) {
    // The same image from the test set, as a file, and as ink on a larger sheet of paper.
    let test = Dataset::mnist().test;
    let image = test.image(0);
    fs::write(
        folder.join("same.pgm"),
        [b"P5\n28 28\n255\n".as_slice(), image].concat(),
    )
    .unwrap();
    let mut paper = vec![250u8; 120 * 90];
    for (i, &ink) in image.iter().enumerate() {
        paper[(40 + i / 28) * 120 + 70 + i % 28] = 250 - (ink / 2);
    }
    fs::write(
        folder.join("paper.pgm"),
        [b"P5\n120 90\n255\n".as_slice(), &paper].concat(),
    )
    .unwrap();
    let predict = "predict --checkpoint net.safetensors";
    let by_index = predicted(&succeed(folder, &format!("{predict} --index 0")));
    let by_file = predicted(&succeed(folder, &format!("{predict} same.pgm")));
    let on_paper = predicted(&succeed(folder, &format!("{predict} paper.pgm")));
    assert_eq!(by_index, by_file);
    assert_eq!(by_index.0, on_paper.0);
    assert_eq!(by_index.0, test.labels()[0].to_string());
    assert_eq!(by_index.1.len(), 10);
}

/// What lenet-model's own tests say of the formats is not said again.
fn exports_hold_the_network(folder: &std::path::Path) {
    let export = "export --checkpoint net.safetensors";
    succeed(folder, &format!("{export} --out same.safetensors"));
    let size = |name: &str| fs::metadata(folder.join(name)).unwrap().len();
    assert_eq!(size("same.safetensors"), size("net.safetensors"));
    succeed(
        folder,
        &format!("{export} --precision f16 --out half.safetensors"),
    );
    assert!(size("half.safetensors") < size("net.safetensors") / 2 + 1000);
    let accuracy = |name: &str| {
        let line = succeed(folder, &format!("evaluate --checkpoint {name}"));
        last_json(&line)["accuracy"].as_f64().unwrap()
    };
    let difference = accuracy("half.safetensors") - accuracy("net.safetensors");
    assert!(difference.abs() <= 0.002, "{difference}");
    succeed(folder, &format!("{export} --format onnx --out net.onnx"));
    let weights = lenet_model::weights::load_any(&folder.join("net.safetensors")).unwrap();
    let model = lenet_model::onnx::to_bytes(&weights).unwrap();
    assert_eq!(fs::read(folder.join("net.onnx")).unwrap(), model);
}

#[test]
fn settings_from_a_file_give_way_to_flags() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let settings = "filters = 2\nhidden = 8\nepochs = 1\nsamples = 100\nvalidation = 100\n";
    fs::write(folder.join("base.toml"), settings).unwrap();
    let ran = run(
        folder,
        "train --config base.toml --epochs 2 --optimizer adam",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(last_json(&ran.stdout)["epoch"], 2);
    assert!(
        ran.stdout
            .starts_with("adam at learning rate 0.001 on 100 images"),
        "{}",
        ran.stdout
    );
}

#[test]
fn set_trains_the_trial_of_the_flags() {
    let folder = tempfile::tempdir().unwrap();
    let identity = |settings: &str| {
        let train = format!("train --set epochs=1 --set samples=50 --quiet {settings}");
        last_json(&succeed(folder.path(), &train))["identity"].clone()
    };
    let flags = identity("--filters 2,2 --validation 100 --batch-size 50");
    let set = identity("--set filters=2 --set validation=100 --set batch_size=50");
    assert_eq!(set, flags);
    assert_ne!(
        identity("--set filters=2 --set kernel=5 --set validation=100"),
        flags
    );
}

/// Rows of logits go to a pipe and to a redirected file, each followed by the line of JSON.
#[cfg(unix)]
#[test]
fn results_can_be_written_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = "train --samples 50 --epochs 1 --filters 2 --batch-size 50 --quiet";
    let save = succeed(
        folder,
        &format!("{small} --save /dev/null --validation 100"),
    );
    assert_eq!(last_json(&save)["epoch"], 1);
    succeed(folder, &format!("{small} --save net.safetensors"));
    let evaluate = "evaluate --checkpoint net.safetensors --split validation --validation 100";
    let piped = succeed(folder, &format!("{evaluate} --csv /dev/stdout"));
    assert_eq!(piped.lines().count(), 1 + 100 + 1);
    assert!(piped.starts_with("index,label,predicted,"), "{piped}");
    assert_eq!(last_json(&piped)["samples"], 100);

    let redirected = fs::File::create(folder.join("out.txt")).unwrap();
    let mut command = xtask(folder);
    command
        .args(evaluate.split(' '))
        .args(["--csv", "/dev/stdout"]);
    assert!(command.stdout(redirected).status().unwrap().success());
    assert_eq!(fs::read_to_string(folder.join("out.txt")).unwrap(), piped);
    assert!(fs::symlink_metadata("/dev/stdout").unwrap().is_symlink());
}
