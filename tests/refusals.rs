//! Bad input: refused with exit code 2 and a clear sentence, before anything is written.

mod common;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use common::{files_below, run_args, succeed};
use expect_test::expect_file;

/// An IDX file of bytes: dimensions, then data.
fn idx(dimensions: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|d| d.to_be_bytes()));
    bytes.extend(data);
    bytes
}

const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// A set of six training and two test images of 28×28, with `change` done to its files.
fn data_folder(root: &Path, name: &str, change: impl FnOnce(&mut [Vec<u8>; 4])) {
    let mut files = [
        idx(&[6, 28, 28], &[7; 6 * 784]),
        idx(&[6], &[0, 1, 2, 0, 1, 2]),
        idx(&[2, 28, 28], &[7; 2 * 784]),
        idx(&[2], &[0, 1]),
    ];
    change(&mut files);
    fs::create_dir(root.join(name)).unwrap();
    for (file, bytes) in FILES.iter().zip(files) {
        fs::write(root.join(name).join(file), bytes).unwrap();
    }
}

fn study(root: &Path, name: &str, text: &str) {
    fs::write(root.join(name), text).unwrap();
}

fn write_inputs(root: &Path) {
    data_folder(root, "truncated", |files| {
        files[0].pop();
    });
    data_folder(root, "oversized", |files| files[2].push(0));
    data_folder(root, "mislabelled", |files| files[0] = idx(&[6], &[0; 6]));
    data_folder(root, "uneven", |files| files[1] = idx(&[5], &[0; 5]));
    data_folder(root, "floats", |files| files[0][2] = 0x0d);
    data_folder(root, "labels", |files| files[3] = idx(&[2], &[0, 200]));
    fs::create_dir(root.join("empty")).unwrap();
    fs::write(root.join("file"), "not a folder").unwrap();

    let figure = "[[figure]]\nid = \"1\"\n[figure.axes]\nfilters = [8]\n";
    study(
        root,
        "key.toml",
        &format!("name = \"x\"\n[base]\nlearning_rat = 0.1\n{figure}"),
    );
    study(
        root,
        "top.toml",
        &format!("name = \"x\"\nseed = 3\n{figure}"),
    );
    study(
        root,
        "axis.toml",
        "name = \"x\"\n[[figure]]\nid = \"1\"\n[figure.axes]\nfilter = [8]\n",
    );
    study(
        root,
        "rate.toml",
        &format!("name = \"x\"\n[base]\nlearning_rate = -0.1\n{figure}"),
    );
    study(
        root,
        "nan.toml",
        &format!("name = \"x\"\n[base]\nlearning_rate = nan\n{figure}"),
    );
    study(
        root,
        "type.toml",
        &format!("name = \"x\"\n[base]\nepochs = \"many\"\n{figure}"),
    );
    study(
        root,
        "zero.toml",
        "name = \"x\"\n[[figure]]\nid = \"1\"\n[figure.axes]\nfilters = [0]\n",
    );
    let claim = "[[claim]]\ntext = \"c\"\nabove = 0\n";
    study(
        root,
        "listed.toml",
        &format!("name = \"x\"\nseeds = [4, 9, 11]\n{figure}{claim}"),
    );
    study(root, "syntax.toml", "name = \n");
    study(root, "none.toml", "name = \"x\"\n");
    study(root, "threads.toml", "filters = 2\nthreads = 2\n");
    study(
        root,
        "placement.toml",
        &format!("name = \"x\"\n[base]\nplacement = \"resident\"\n{figure}"),
    );
    study(
        root,
        "runtimes.toml",
        &format!("name = \"x\"\n{figure}").replace("id =", "measure = \"runtime\"\nid ="),
    );

    fs::write(root.join("text.safetensors"), "these are no weights").unwrap();
    let trained = "train --samples 50 --validation 50 --epochs 1 --batch-size 50 --quiet";
    succeed(
        root,
        &format!("{trained} --filters 2 --save two.safetensors"),
    );
    let whole = fs::read(root.join("two.safetensors")).unwrap();
    fs::write(root.join("cut.safetensors"), &whole[..whole.len() - 100]).unwrap();
    fs::write(
        root.join("blank.pgm"),
        [b"P5\n40 40\n255\n".as_slice(), &[255; 1600]].concat(),
    )
    .unwrap();
}

const REFUSED: &[&[&str]] = &[
    // Data.
    &["train", "--data-dir", "truncated", "--validation", "2"],
    &["train", "--data-dir", "oversized", "--validation", "2"],
    &["train", "--data-dir", "mislabelled", "--validation", "2"],
    &["train", "--data-dir", "uneven", "--validation", "2"],
    &["train", "--data-dir", "floats", "--validation", "2"],
    &["train", "--data-dir", "empty", "--validation", "2"],
    &["train", "--data-dir", "nowhere"],
    &["train", "--samples", "60000"],
    &["train", "--validation", "60000"],
    &[
        "evaluate",
        "--checkpoint",
        "two.safetensors",
        "--data-dir",
        "labels",
    ],
    // Studies.
    &["experiments", "--config", "key.toml"],
    &["experiments", "--config", "top.toml"],
    &["experiments", "--config", "axis.toml"],
    &["experiments", "--config", "rate.toml"],
    &["experiments", "--config", "nan.toml"],
    &["experiments", "--config", "type.toml"],
    &["experiments", "--config", "zero.toml"],
    &["experiments", "--config", "syntax.toml"],
    &["experiments", "--config", "none.toml"],
    &["experiments", "--config", "lab-2018"],
    &["experiments", "--config", "smoke", "--only", "9"],
    &["experiments", "--config", "smoke", "--seeds", "0"],
    &["experiments", "--config", "smoke", "--epochs", "0"],
    &["experiments", "--config", "smoke", "--samples", "0"],
    &["experiments", "--config", "smoke", "--jobs", "0"],
    &["experiments", "--config", "smoke", "--precision", "tf32"],
    &["experiments", "--config", "smoke", "--precision", "bf16"],
    &["train", "--precision", "tf32"],
    // Seeds until every claim is decided.
    &["experiments", "--config", "full-grid", "--until-decided"],
    &["experiments", "--until-decided", "--max-seeds", "2"],
    &["experiments", "--until-decided", "--seeds", "3"],
    &["experiments", "--until-decided", "--only", "1"],
    &["experiments", "--until-decided", "--dry-run"],
    &["experiments", "--max-seeds", "9"],
    &["experiments", "--config", "listed.toml", "--until-decided"],
    // Settings.
    &["train", "--learning-rate", "-0.1"],
    &["train", "--learning-rate", "NaN"],
    &["train", "--learning-rate", "inf"],
    &["train", "--filters", "0"],
    &["train", "--filters", "8,8,8,8,8"],
    &["train", "--dropout", "1"],
    &["train", "--batch-size", "0"],
    &["train", "--optimizer", "adma"],
    &["train", "--set", "learning_rat=0.1"],
    &["train", "--set", "learning_rate=-0.1"],
    &["train", "--set", "dropout.rate=0.5"],
    &["train", "--set", "kernel"],
    &["train", "--set", "kernel=3", "--set", "kernel=5"],
    &["train", "--epochs", "1", "--set", "epochs=2"],
    &["train", "--data-dir", "uneven", "--set", "data=mnist"],
    &["experiments", "--config", "smoke", "--set", "epoch=1"],
    &["experiments", "--config", "smoke", "--set", "dropout=0.5"],
    &["experiments", "--samples", "9", "--set", "samples=9"],
    // Settings of runtimes, where nothing measures them.
    &["train", "--set", "placement=streamed"],
    &["train", "--config", "threads.toml"],
    &["experiments", "--config", "smoke", "--set", "trials=8"],
    &["experiments", "--config", "placement.toml"],
    &["experiments", "--config", "runtimes.toml"],
    &["experiments", "--only", "4"],
    // Weights and pictures.
    &["evaluate", "--checkpoint", "text.safetensors"],
    &["evaluate", "--checkpoint", "cut.safetensors"],
    &["evaluate", "--checkpoint", "missing.safetensors"],
    &["train", "--init", "two.safetensors", "--filters", "4"],
    &["predict", "--checkpoint", "two.safetensors", "blank.pgm"],
    &["predict", "--checkpoint", "two.safetensors", "file"],
    &[
        "predict",
        "--checkpoint",
        "two.safetensors",
        "--index",
        "10000",
    ],
    // Outputs.
    &["experiments", "--config", "smoke", "--out", "file"],
    &["train", "--save", "nowhere/x.safetensors"],
    &[
        "evaluate",
        "--checkpoint",
        "two.safetensors",
        "--csv",
        "nowhere/x.csv",
    ],
    &[
        "export",
        "--checkpoint",
        "two.safetensors",
        "--out",
        "nowhere/x.onnx",
    ],
    &[
        "export",
        "--checkpoint",
        "two.safetensors",
        "--format",
        "onnx",
        "--precision",
        "f16",
        "--out",
        "x.onnx",
    ],
    // Records.
    &["report", "--records", "empty", "--out", "x"],
    &["status", "--out", "nowhere"],
    &["claims", "--records", "empty"],
    &["claims", "--records", "nowhere"],
    &["claims"],
    &["claims", "--json", "--markdown"],
    // Devices of a build without CUDA.
    &["experiments", "--config", "smoke", "--device", "cuda"],
    &["train", "--device", "cuda:1"],
    &[
        "evaluate",
        "--checkpoint",
        "two.safetensors",
        "--device",
        "tpu",
    ],
    // The command line.
    &["train", "--learning-rat", "0.1"],
    &["predict", "--checkpoint", "two.safetensors"],
];

/// `UPDATE_EXPECT=1 cargo test -p xtask --test refusals` writes the snapshot anew.
#[test]
fn bad_input_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_inputs(root);
    let before = files_below(root);
    let mut transcript = String::new();
    let mut wrong = String::new();
    for arguments in REFUSED {
        let ran = run_args(root, arguments);
        let command = arguments.join(" ");
        if ran.code != Some(2) || !ran.stdout.is_empty() {
            writeln!(
                wrong,
                "{command}: code {:?}, printed {:?}",
                ran.code, ran.stdout
            )
            .unwrap();
        }
        write!(transcript, "$ xtask {command}\n{}\n", ran.stderr).unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}\n{transcript}");
    assert_eq!(files_below(root), before, "nothing is written");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/snapshots/refusals.txt");
    expect_file![path].assert_eq(&transcript);
}
