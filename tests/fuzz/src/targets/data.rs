//! IDX files, plain and gzip.

use std::path::Path;

use lenet_data::Dataset;

use super::{Target, corpus, put};
use crate::form::Form;
use crate::seal;

pub(super) const IDX: Target = Target {
    name: "idx",
    form: Form::Bytes,
    seeds: corpus!["idx/images", "idx/labels"],
    read: |input, folder| read(input, input, folder),
};

pub(super) const GZIP: Target = Target {
    name: "gzip",
    form: Form::Gzip,
    seeds: || {
        let plain: Vec<Vec<u8>> = (IDX.seeds)();
        plain.iter().map(|contents| seal::gzip(contents)).collect()
    },
    read: |input, folder| read(input, input, folder),
};

/// Reads the input as images, and where it is none as labels; the other files are sound.
fn read(images: &[u8], labels: &[u8], folder: &Path) -> bool {
    let sound = (IDX.seeds)();
    let opens = |images: &[u8], labels: &[u8]| {
        for half in ["train", "t10k"] {
            put(folder, &format!("{half}-images-idx3-ubyte"), images);
            put(folder, &format!("{half}-labels-idx1-ubyte"), labels);
        }
        Dataset::from_folder(folder).is_ok_and(|set| {
            let _ = set.warnings();
            true
        })
    };
    opens(images, &sound[1]) || opens(&sound[0], labels)
}
